/** Deleting applications: what goes and what stays is told before, and done in one transaction. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteApplication, readApplicationRemoval } from '../../store/applications.ts';
import { dropMappingJobs, readMappingRuns } from '../../store/mapping-jobs.ts';
import { deleteMapping, readMappings, type StoredMapping } from '../../store/mappings.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { removalSchema } from '../schemas/applications.ts';
import {
  type ApplicationRoutes,
  applicationParams,
  applicationPath,
  applicationTags,
  requireApplication,
} from './application-parts.ts';
import { audit, ok, problems } from './route-parts.ts';
import { refuseValue } from './tenant-parts.ts';

const update = '/Syncline/Applications/Update';

export function addApplicationRemoval(app: OpenAPIHono<ApiEnv>, { sql }: ApplicationRoutes): void {
  const preview = createRoute({
    ...needs(sql, update),
    method: 'get',
    path: `${applicationPath}/{applicationId}/removal`,
    tags: applicationTags,
    summary: 'Get what would go with an application, and what would stay',
    request: { params: applicationParams },
    responses: { 200: ok('What would go and stay.', removalSchema), ...problems(404) },
  });
  app.openapi(preview, async (c) => {
    const { applicationId, connectionName } = await requireApplication(
      sql,
      c.req.valid('param').applicationId,
    );
    const { mappings, identities } = await readApplicationRemoval(sql, applicationId);
    const names = mappings.map(({ name }) => name);
    const runs = await readMappingRuns(sql, names);
    return c.json(
      {
        mappings: mappings.map((mapping) => ({ ...mapping, jobs: [...mapping.jobs] })),
        identities,
        connection: connectionName,
        runningJobRunIds: [...runs],
      },
      200,
    );
  });

  const remove = createRoute({
    ...needs(sql, update),
    method: 'delete',
    path: `${applicationPath}/{applicationId}`,
    tags: applicationTags,
    summary: 'Delete an application with its mappings, their account links and jobs',
    description:
      'Identities stay as they are, and so does the tenant with what was read of it. Results of past reconciliations stay, too.',
    request: {
      params: applicationParams,
      headers: ifMatchHeader,
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              name: z.string().max(300).openapi({ description: 'The name once more, as it was typed.' }),
            }),
          },
        },
      },
    },
    responses: { 204: { description: 'It is deleted.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const version = requireVersion(c);
    const { applicationId } = c.req.valid('param');
    const { name } = await requireApplication(sql, applicationId);
    if (c.req.valid('json').name.trim() !== name) {
      throw refuseValue('name', `That is not the name of the application: type ${name}.`);
    }
    await transact(sql, async (transaction) => {
      const mappings = await readMappings(transaction, { applicationId });
      const links = await deleteMappings(transaction, mappings);
      const cancelled = await dropMappingJobs(
        transaction,
        mappings.map((mapping) => mapping.name),
      );
      if (!(await deleteApplication(transaction, applicationId, version))) {
        const now = await requireApplication(sql, applicationId);
        throw refuseChanged(`The application ${name}`, now);
      }
      await audit(c, transaction, {
        action: 'application.delete',
        subject: name,
        outcome: 'done',
        detail: {
          mappings: mappings.map((mapping) => mapping.name),
          links,
          ...(cancelled.length === 0 ? {} : { cancelledJobRunIds: cancelled.map(String) }),
        },
      });
    });
    return c.body(null, 204);
  });
}

/** Deletes them in an order in which none is used by one that is still there. Gives how many account links they had. */
async function deleteMappings(
  transaction: Parameters<typeof deleteMapping>[0],
  mappings: readonly StoredMapping[],
): Promise<number> {
  const own = new Set(mappings.map(({ name }) => name));
  let links = 0;
  let rest = mappings;
  while (rest.length > 0) {
    const left: StoredMapping[] = [];
    for (const mapping of rest) {
      const outcome = await deleteMapping(transaction, mapping.name, mapping.version);
      if (outcome.kind === 'deleted') links += outcome.links;
      else if (outcome.kind === 'in-use') {
        const [outside] = outcome.mappings.filter((name) => !own.has(name));
        if (outside !== undefined || left.length + 1 === rest.length) {
          throw refuseUsed(mapping.name, outcome.mappings);
        }
        left.push(mapping);
      } else {
        throw new Refusal(
          'application-state',
          `The mapping ${mapping.name} was changed meanwhile: try again.`,
        );
      }
    }
    rest = left;
  }
  return links;
}

function refuseUsed(name: string, by: readonly string[]): Refusal {
  return new Refusal(
    'application-state',
    `The account links of the mapping ${name} are used by ${by.join(', ')}: delete those mappings first, or have them use others.`,
  );
}
