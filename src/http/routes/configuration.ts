/** The deployed configuration: what is in it, what files would change, deploying them, and taking it away as files. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { readAudit } from '../../store/audit.ts';
import { needs } from '../authentication.ts';
import { refuseChanged } from '../etag.ts';
import { isGranted, permissions } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf, type Caller } from '../request.ts';
import {
  type ConfigurationFileUpload,
  type ConfigurationMistake,
  type ConfigurationPlan,
  type ConfigurationQuery,
  configurationQuerySchema,
  configurationSchema,
  deployedSchema,
  deployRequestSchema,
  filesQuerySchema,
  planRequestSchema,
  planSchema,
  writtenFilesSchema,
} from '../schemas/configuration.ts';
import { audit, ok, problems, text, textOrNull } from './route-parts.ts';

/** What the configuration is to the server: everything about elements and files is known on the other side. */
export type ConfigurationDoor = Readonly<{
  find: (search: ConfigurationQuery) => Promise<FoundElements>;
  plan: (files: readonly ConfigurationFileUpload[]) => Promise<PlannedConfiguration>;
  /** `check` hears the plan before anything is changed, and ends the deployment where it throws. */
  deploy: (request: DeployRequest, check: (plan: PlannedConfiguration) => void) => Promise<DeployOutcome>;
  /** As one file, or as several. */
  write: (
    isSingle: boolean,
  ) => Promise<{ revision: number; files: readonly { path: string; text: string }[] }>;
}>;

type FoundElements = Readonly<{
  revision: number;
  deployedAt: Date | null;
  deployedBy: string | null;
  kinds: readonly { kind: string; count: number }[];
  items: readonly {
    kind: string;
    identifier: string;
    displayName: string;
    origin: string | null;
    text: string;
  }[];
  total: number;
}>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> }
    : T;

/** A plan whose mistakes and warnings are lines, `file:line:column: sentence.` where they have a place. */
export type PlannedConfiguration = DeepReadonly<Omit<ConfigurationPlan, 'mistakes' | 'warnings'>> &
  Readonly<{ mistakes: readonly string[]; warnings: readonly string[] }>;

type DeployRequest = Readonly<{
  files: readonly ConfigurationFileUpload[];
  revision: number;
  deployedBy: string;
  message?: string | undefined;
  isForced: boolean;
  requestId: string;
  address: string;
}>;

type DeployOutcome =
  | Readonly<{ kind: 'deployed'; revision: number; summary: string; warnings: readonly string[] }>
  | Readonly<{ kind: 'refused'; mistakes: readonly string[] }>
  | Readonly<{ kind: 'outdated'; revision: number; deployedBy: string; deployedAt: Date }>;

/** How many deployments the history shows. */
const shownDeployments = 20;

const tags = ['Configuration'];

export function addConfigurationRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, door: ConfigurationDoor): void {
  const query = needs(sql, '/Syncline/Configuration/Query');
  const read = createRoute({
    ...query,
    method: 'get',
    path: '/api/configuration',
    tags,
    summary: 'Get what is deployed, and its history',
    request: { query: configurationQuerySchema },
    responses: { 200: ok('The elements that are found.', configurationSchema), ...problems() },
  });
  app.openapi(read, async (c) => {
    const search = c.req.valid('query');
    const { deployedAt, items, kinds, ...found } = await door.find(search);
    return c.json(
      {
        ...found,
        deployedAt: textOrNull(deployedAt),
        kinds: [...kinds],
        items: [...items],
        page: search.page,
        pageSize: search.pageSize,
        isTotalExact: true,
        history: await readHistory(sql),
      },
      200,
    );
  });

  const write = createRoute({
    ...query,
    method: 'get',
    path: '/api/configuration/files',
    tags,
    summary: 'Get what is deployed as files, without the hashes of secrets',
    request: { query: filesQuerySchema },
    responses: { 200: ok('Files that deploy to the same.', writtenFilesSchema), ...problems() },
  });
  app.openapi(write, async (c) => {
    const { revision, files } = await door.write(c.req.valid('query').isSingle === 'true');
    return c.json({ revision, files: files.map(({ path, text: content }) => ({ path, content })) }, 200);
  });

  const plan = createRoute({
    ...query,
    method: 'post',
    path: '/api/configuration/plan',
    tags,
    summary: 'See what deploying files would change; nothing is changed',
    request: { body: { required: true, content: { 'application/json': { schema: planRequestSchema } } } },
    responses: { 200: ok('What would change, or what is wrong with the files.', planSchema), ...problems() },
  });
  app.openapi(plan, async (c) => c.json(renderPlan(await door.plan(c.req.valid('json').files)), 200));

  addDeploying(app, sql, door);
}

function addDeploying(app: OpenAPIHono<ApiEnv>, sql: Sql, door: ConfigurationDoor): void {
  const deploy = createRoute({
    ...needs(sql, '/Syncline/Configuration/Deploy'),
    method: 'post',
    path: '/api/configuration/deploy',
    tags,
    summary: 'Deploy files, all or nothing',
    description:
      'Whatever the files do not have is removed. The caller has to have every permission of Syncline that clients are given anew, and /Syncline/Mappings/Update where mappings change.',
    request: { body: { required: true, content: { 'application/json': { schema: deployRequestSchema } } } },
    responses: { 200: ok('It is deployed.', deployedSchema), ...problems(412) },
  });
  app.openapi(deploy, async (c) => {
    const caller = c.get('caller');
    const refuse = async (refusal: Refusal): Promise<never> => {
      const entry = { action: 'configuration.deploy', subject: 'configuration', outcome: 'refused' } as const;
      await audit(c, sql, { ...entry, detail: { reason: refusal.code } });
      throw refusal;
    };
    const request = {
      ...c.req.valid('json'),
      deployedBy: actorOf(caller),
      requestId: c.get('requestId'),
      address: c.get('address'),
    };
    let beyond: string | undefined;
    const outcome = await door
      .deploy(request, ({ grants, changes }) => {
        const isMapping = changes.some(({ kind }) => kind === 'Mapping');
        if (isMapping && !isGranted(caller.permissions, '/Syncline/Mappings/Update')) {
          throw refuseMappings(caller);
        }
        beyond = grants.flatMap((grant) => grant.permissions).find((path) => !mayGrant(caller, path));
        if (beyond !== undefined) throw refuseGrant(caller, beyond);
      })
      .catch(async (error: unknown) => {
        if (error instanceof Refusal) return await refuse(error);
        throw error;
      });
    switch (outcome.kind) {
      case 'deployed': {
        const { revision, summary, warnings } = outcome;
        return c.json({ revision, summary, warnings: [...warnings] }, 200);
      }
      case 'outdated': {
        const { revision: version, deployedBy: changedBy, deployedAt: changedAt } = outcome;
        return await refuse(refuseChanged('The configuration', { version, changedBy, changedAt }));
      }
      case 'refused':
        return await refuse(
          new Refusal(
            'request-invalid',
            `The files cannot be deployed, and nothing was changed: ${outcome.mistakes[0] ?? 'they are refused'}`,
            { field: 'body.files' },
          ),
        );
    }
  });
}

/** Whether a caller may have others given a path: what it opens here, they have to have themselves. */
function mayGrant({ permissions: own }: Caller, path: string): boolean {
  return Object.keys(permissions).every(
    (known) =>
      (!isGranted([path], known) || isGranted(own, known)) &&
      (!isGranted([known], path) || isGranted(own, path)),
  );
}

function refuseGrant({ identifier }: Caller, path: string): Refusal {
  return new Refusal(
    'permission-missing',
    `${identifier} cannot deploy this: a client would be given ${path}, which ${identifier} lacks.`,
  );
}

function refuseMappings({ identifier }: Caller): Refusal {
  return new Refusal(
    'permission-missing',
    `${identifier} cannot deploy this: it changes mappings, which takes /Syncline/Mappings/Update.`,
  );
}

async function readHistory(sql: Sql): Promise<z.input<typeof configurationSchema>['history']> {
  const entries = await readAudit(sql, {
    action: 'configuration.deploy',
    outcome: 'done',
    limit: shownDeployments,
  });
  return entries.map(({ recordedAt, actor, detail }) => {
    const number = (name: string) => Number(detail[name] ?? 0);
    return {
      recordedAt: text(recordedAt),
      actor,
      revision: detail.revision === undefined ? null : number('revision'),
      message: typeof detail.message === 'string' && detail.message !== '' ? detail.message : null,
      added: number('added'),
      changed: number('changed'),
      removed: number('removed'),
      loosenedGuards: number('loosenedGuards'),
    };
  });
}

function renderPlan({ mistakes, warnings, ...plan }: PlannedConfiguration): z.input<typeof planSchema> {
  return {
    ...plan,
    mistakes: mistakes.map(readPlace),
    warnings: warnings.map(readPlace),
    changes: plan.changes.map((change) => ({ ...change, details: [...change.details] })),
    loosenedGuards: [...plan.loosenedGuards],
    schedules: plan.schedules.map((schedule) => ({ ...schedule, nextRuns: [...schedule.nextRuns] })),
    lostLinks: [...plan.lostLinks],
    rereads: plan.rereads.map((reread) => ({ ...reread, entityTypes: [...reread.entityTypes] })),
    grants: plan.grants.map((grant) => ({ ...grant, permissions: [...grant.permissions] })),
    files: plan.files.map((file) => ({ ...file, hunks: file.hunks.map((hunk) => [...hunk]) })),
  };
}

function readPlace(line: string): ConfigurationMistake {
  const [, file, row, column, message] = /^(.+?\.(?:xml|json)):(\d+):(\d+): (.*)$/is.exec(line) ?? [];
  if (file === undefined || message === undefined)
    return { file: null, line: null, column: null, message: line };
  return { file, line: Number(row), column: Number(column), message };
}
