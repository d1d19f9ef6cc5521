/** The expression language over HTTP: its functions, and one expression tried out on an object with each of its steps. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { compileExpression, type EvaluationStep } from '../../mapping/compile-expression.ts';
import { parseExpression } from '../../mapping/expression.ts';
import { expressionFunctions } from '../../mapping/expression-functions.ts';
import { viewFor } from '../../mapping/mapped-resource.ts';
import { scopingOperators } from '../../mapping/scoping-filter.ts';
import { findStoredSet, readResourcesByKey, type SampleResource } from '../../store/mapping-samples.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import {
  type ExpressionRequest,
  type ExpressionResult,
  expressionLanguageSchema,
  expressionRequestSchema,
  expressionResultSchema,
} from '../schemas/mapping-evaluation.ts';
import { seesObjects } from './mapping-evaluation.ts';
import type { MappingRoutes } from './mapping-parts.ts';
import { renderOutcome, renderStep } from './mapping-trial.ts';
import { ok, problems } from './route-parts.ts';

const tags = ['Expressions and filters'];
const mostSteps = 200;

export function addExpressionRoutes(
  app: OpenAPIHono<ApiEnv>,
  { sql, now }: Pick<MappingRoutes, 'sql' | 'now'>,
): void {
  const language = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path: '/api/expression-functions',
    tags,
    summary: 'List the functions of expressions and the operators of scoping filters',
    responses: { 200: ok('What there is.', expressionLanguageSchema), ...problems() },
  });
  app.openapi(language, (c) =>
    c.json(
      {
        functions: expressionFunctions.map(({ name, signature, description, example, set }) => ({
          name,
          signature,
          description,
          example: example.expression,
          result: example.result === undefined ? '' : JSON.stringify(example.result),
          set,
        })),
        scopingOperators: scopingOperators.map(({ name, label, description, arity }) => ({
          name,
          label,
          description,
          arity,
        })),
      },
      200,
    ),
  );

  const evaluate = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: '/api/expressions/evaluate',
    tags,
    summary: 'Try an expression out; nothing is changed',
    description: `On a stored resource for callers with ${seesObjects}, on attributes that are sent for all.`,
    request: {
      body: { required: true, content: { 'application/json': { schema: expressionRequestSchema } } },
    },
    responses: {
      200: ok('Its value, and that of each of its parts.', expressionResultSchema),
      ...problems(404),
    },
  });
  app.openapi(evaluate, async (c) => {
    const sent = c.req.valid('json');
    const parsed = parseExpression(sent.text);
    const outcome = parsed.kind === 'parsed' ? compileExpression(parsed.expression) : parsed;
    if (outcome.kind === 'mistake') {
      const { message, position, length, suggestion } = outcome.mistake;
      const mistake = { message, position, length, ...(suggestion !== undefined && { suggestion }) };
      return c.json({ kind: outcome.kind, ...mistake, steps: [], reads: [], isDeterministic: true }, 200);
    }
    const { compiled } = outcome;
    const { isRedacted, isDeterministic } = compiled;
    const resource = await findObject(c, sql, sent);
    const steps: EvaluationStep[] = [];
    const value = compiled.evaluate({
      attributes: viewFor(compiled.attributes)(resource),
      now,
      onStep: (step) => steps.push(step),
    });
    const rendered = renderOutcome(value, isRedacted);
    const shownSteps = isRedacted ? [] : steps.slice(-mostSteps).map(renderStep);
    const result: ExpressionResult = {
      kind: rendered.kind === 'links' ? 'ignored' : rendered.kind,
      ...(rendered.kind === 'value' && { value: rendered.value, type: rendered.type }),
      ...(rendered.kind === 'failed' && rendered),
      steps: shownSteps,
      reads: [...compiled.attributes],
      isDeterministic,
    };
    return c.json(result, 200);
  });
}

/** The object that was sent or named; one without attributes where there is neither. */
async function findObject(
  c: ApiContext,
  sql: Sql,
  { object, connection, type, key }: ExpressionRequest,
): Promise<SampleResource> {
  if (object !== undefined) return { key: '', attributes: object };
  if (connection === undefined || type === undefined || key === undefined) return { key: '', attributes: {} };
  requireGranted(c.get('caller'), seesObjects);
  const set = await findStoredSet(sql, { connection, type });
  const [resource] = set === undefined ? [] : await readResourcesByKey(sql, set, [key]);
  if (resource !== undefined) return resource;
  throw new Refusal('resource-unknown', `There is no ${type} ${JSON.stringify(key)} of ${connection}.`);
}
