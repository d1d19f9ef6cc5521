/** Tests of credential profiles: signing in to a tenant with a whole profile or with one credential, and what is kept of it. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { recordCredentialTest } from '../../store/credentials.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import {
  type CheckReport,
  type CheckTarget,
  checkReportSchema,
  checkTargetSchema,
} from '../schemas/checks.ts';
import {
  type ProfileRoutes,
  profileParams,
  profileTags,
  readProfile,
  refuseUnknownProfile,
} from './credential-profiles.ts';
import { credentialParams, requireCredential } from './credentials.ts';
import { audit, ok, problems } from './route-parts.ts';

/** Signs in with the credentials of a profile, or with one of them; undefined where there is no such profile. */
export type TestProfile = (
  wanted: Readonly<{ profileId: number; credentialId?: number | undefined; target: CheckTarget }>,
  signal: AbortSignal,
) => Promise<ProfileTest | undefined>;

export type ProfileTest = CheckReport &
  Readonly<{
    /** What came of each credential that was tried. */
    tried: readonly Readonly<{ credentialId: number; isSuccessful: boolean; message: string }>[];
  }>;

export type TestRoutes = ProfileRoutes & Readonly<{ testProfile: TestProfile }>;

const update = '/Syncline/CredentialProfiles/Update';

export function addCredentialTests(app: OpenAPIHono<ApiEnv>, routes: TestRoutes): void {
  const { sql } = routes;
  const body = { required: true, content: { 'application/json': { schema: checkTargetSchema } } };
  const whole = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: '/api/credential-profiles/{profileId}/test',
    tags: profileTags,
    summary: 'Try a credential profile out on a tenant',
    request: { params: profileParams, body },
    responses: { 200: ok('What came of each step.', checkReportSchema), ...problems(404) },
  });
  app.openapi(whole, async (c) => {
    const { profileId } = c.req.valid('param');
    return c.json(await test(c, routes, { profileId, target: c.req.valid('json') }), 200);
  });

  const one = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: '/api/credential-profiles/{profileId}/credentials/{credentialId}/test',
    tags: profileTags,
    summary: 'Try one credential out on a tenant',
    request: { params: credentialParams, body },
    responses: { 200: ok('What came of each step.', checkReportSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const { profileId, credentialId } = c.req.valid('param');
    await requireCredential(sql, profileId, credentialId);
    return c.json(await test(c, routes, { profileId, credentialId, target: c.req.valid('json') }), 200);
  });
}

async function test(
  c: ApiContext,
  { sql, testProfile }: TestRoutes,
  wanted: Parameters<TestProfile>[0],
): Promise<CheckReport> {
  const { profileId, credentialId, target } = wanted;
  const { name } = await readProfile(sql, profileId);
  const report = await testProfile(wanted, c.req.raw.signal);
  if (!report) throw refuseUnknownProfile(profileId);
  const { checks, isSuccessful, tried } = report;
  await transact(sql, async (transaction) => {
    for (const { credentialId: id, ...outcome } of tried)
      await recordCredentialTest(transaction, id, outcome);
    await audit(c, transaction, {
      action: 'credential-profile.test',
      subject: name,
      outcome: isSuccessful ? 'done' : 'failed',
      detail: { profileId, credentialId: credentialId ?? null, tenant: target.tenant },
    });
  });
  return { checks: [...checks], isSuccessful };
}
