// What the server is told about the configuration: planning, deploying and showing it, with the settings as they are now.
import type { Config } from '../config.ts';
import type { ConfigurationDoor } from '../http/routes/configuration.ts';
import { findDeployedElements, writeDeployedFiles } from '../identity-manager/deployed-elements.ts';
import { deployOver } from '../identity-manager/deployment.ts';
import { planDeployment } from '../identity-manager/plan-deployment.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Database } from '../store/database.ts';
import { translationOptions } from './processing.ts';

/** The configuration in a database. `readHashes` gives the hashes that are used instead of those of the files, by client. */
export function openConfiguration(
  { sql }: Pick<Database, 'sql'>,
  readHashes: () => ReadonlyMap<string, string>,
  now: () => Date,
): ConfigurationDoor {
  const plan = (files: readonly Readonly<{ path: string; content: string }>[]) =>
    planDeployment(
      sql,
      files.map(({ path: name, content }) => ({ name, content })),
      now(),
      translationOptions,
    );
  return {
    find: (search) => findDeployedElements(sql, search),
    write: (isSingle) => writeDeployedFiles(sql, isSingle),
    plan: async (files) => (await plan(files)).plan,
    async deploy({ files, revision, deployedBy, message, requestId, address }, check) {
      const { plan: planned, prepared } = await plan(files);
      if (prepared === undefined) return { kind: 'refused', mistakes: planned.mistakes };
      check(planned);
      const outcome = await deployOver(sql, revision, prepared, {
        deployedBy,
        now: now(),
        hashedSecrets: readHashes(),
        requestId,
        address,
        ...(message === undefined ? {} : { message }),
      });
      if (outcome.kind === 'deployed') return { kind: 'deployed', ...outcome.result };
      return { kind: 'outdated', ...outcome.deployment };
    },
  };
}

/** The hashes of the settings file as it is now. */
export function hashesOfSettings({ settingsFile, environment }: Config): ReadonlyMap<string, string> {
  return loadSettings(settingsFile, environment).application.hashedSecrets;
}
