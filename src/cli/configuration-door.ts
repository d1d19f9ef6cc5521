// What the server is told about the configuration: planning, deploying and showing it, with the settings as they are now.
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import type { ConfigurationDoor } from '../http/routes/configuration.ts';
import { findDeployedElements, writeDeployedFiles } from '../identity-manager/deployed-elements.ts';
import { deployOver } from '../identity-manager/deployment.ts';
import { planDeployment } from '../identity-manager/plan-deployment.ts';
import type { FindSide } from '../identity-manager/plan-mappings.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Database } from '../store/database.ts';
import { translationOptions } from './processing.ts';

/**
 * The configuration in a database. `findSide` knows what mappings lie between. `readHashes` gives the hashes that are used instead of those of the files, by
 * client.
 */
export function openConfiguration(
  { sql }: Pick<Database, 'sql'>,
  findSide: FindSide,
  readHashes: () => ReadonlyMap<string, string>,
  now: () => Date,
): ConfigurationDoor {
  const plan = (files: readonly Readonly<{ path: string; content: string }>[]) =>
    planDeployment(
      sql,
      files.map(({ path: name, content }) => ({ name, content })),
      now(),
      { ...translationOptions, findSide },
    );
  return {
    find: (search) => findDeployedElements(sql, search),
    write: (isSingle) => writeDeployedFiles(sql, isSingle),
    plan: async (files) => (await plan(files)).plan,
    async deploy({ files, revision, deployedBy, message, isForced, requestId, address }, check) {
      const { plan: planned, prepared } = await plan(files);
      if (prepared === undefined) return { kind: 'refused', mistakes: planned.mistakes };
      check(planned);
      const outcome = await refusable(() =>
        deployOver(sql, revision, prepared, {
          deployedBy,
          now: now(),
          findSide,
          isForced,
          hashedSecrets: readHashes(),
          requestId,
          address,
          ...(message === undefined ? {} : { message }),
        }),
      );
      if (outcome.kind === 'refused') return outcome;
      if (outcome.kind === 'deployed') return { kind: 'deployed', ...outcome.result };
      return { kind: 'outdated', ...outcome.deployment };
    },
  };
}

/** What is found wrong, or is held back, only when it is to be deployed. */
async function refusable<T>(
  work: () => Promise<T>,
): Promise<T | Readonly<{ kind: 'refused'; mistakes: readonly string[] }>> {
  try {
    return await work();
  } catch (error) {
    const isRefusal =
      error instanceof Fault &&
      (error.code === 'configuration-refused' || error.code === 'removal-unconfirmed');
    if (!isRefusal) throw error;
    return { kind: 'refused', mistakes: error.message.split('\n') };
  }
}

/** The hashes of the settings file as it is now. */
export function hashesOfSettings({ settingsFile, environment }: Config): ReadonlyMap<string, string> {
  return loadSettings(settingsFile, environment).application.hashedSecrets;
}
