// Tests of credential profiles: their credentials opened, tried out on a tenant, and what came of each.
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { TestProfile, TestRoutes } from '../http/routes/credential-tests.ts';
import type { Sealing } from '../model/sealing.ts';
import { readTenantName } from '../model/tenant.ts';
import { generateCertificate, readCertificatePair } from '../secrets/certificates.ts';
import { readProfileForUse } from '../secrets/profile-for-use.ts';
import { readCredentials } from '../store/credentials.ts';
import { failedReport, runChecks } from './connection-checks.ts';
import { draftConnection } from './tenant-connections.ts';

/** What the server needs to know of certificates, and how it tries credentials out. */
export function openCredentials(
  config: Parameters<typeof draftConnection>[0],
  sql: Sql,
  sealing: Sealing,
): Pick<TestRoutes, 'certificates' | 'testProfile'> {
  return {
    certificates: { read: readCertificatePair, generate: generateCertificate },
    testProfile: createProfileTest(config, sql, sealing),
  };
}

function createProfileTest(
  config: Parameters<typeof draftConnection>[0],
  sql: Sql,
  sealing: Sealing,
): TestProfile {
  return async ({ profileId, credentialId, target }, signal) => {
    const { tenant: typed, cloud, endpoints } = target;
    const tenant = readTenantName(typed);
    if (tenant === undefined) {
      return {
        ...failedReport(
          'authority',
          `Tenant ${typed}`,
          'It is neither a domain nor an id of a tenant: write it as contoso.onmicrosoft.com.',
        ),
        tried: [],
      };
    }
    try {
      const profile = await readProfileForUse(sql, sealing, profileId, { credentialId });
      if (!profile) return undefined;
      const { clientId, credentials } = profile;
      const { entra, entityTypes } = draftConnection(
        config,
        { tenant, cloud, endpoints },
        { clientId, credentials },
      );
      const report = await runChecks(entra, entityTypes, signal);
      const all = (await readCredentials(sql, profileId)).map((each) => each.credentialId);
      const ids = credentialId === undefined ? all : [credentialId];
      const outcomes = report.checks.filter(
        ({ step, outcome }) => step === 'secret' && outcome !== 'skipped',
      );
      return {
        ...report,
        tried: outcomes.flatMap(({ outcome, message, remedy }, index) => {
          const id = ids[index];
          if (id === undefined) return [];
          return {
            credentialId: id,
            isSuccessful: outcome === 'passed',
            message: remedy ? `${message} ${remedy}` : message,
          };
        }),
      };
    } catch (error) {
      if (error instanceof Fault)
        return { ...failedReport('settings', 'Settings', error.message), tried: [] };
      throw error;
    }
  };
}
