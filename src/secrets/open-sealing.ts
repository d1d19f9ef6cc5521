/** From the configuration and the database to the sealing that both agree on. */
import type { Sql, TransactionSql } from 'postgres';
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import { clientSecretPurpose, credentialPurpose, type Sealing } from '../model/sealing.ts';
import {
  readSealingCheck,
  resealAll,
  type SealedText,
  type SealingCheck,
  writeSealingCheck,
} from '../store/sealing-check.ts';
import { createSealing, sealingKeyIdOf } from './sealing.ts';
import { createSealingKey, readSealingKeys, type SealingKeyPlace, sealingKeyPlace } from './sealing-keys.ts';

/**
 * Opens the file with the keys, or makes it where the database has no secret yet. Throws a `Fault` `sealing-key-unusable` when the
 * file cannot be used, or its keys are not those of the database: what is sealed by one machine has to open on all.
 */
export async function openSealing(
  config: Pick<Config, 'dataDirectory' | 'sealingKeyFile'>,
  sql: Sql,
): Promise<Sealing> {
  const place = sealingKeyPlace(config);
  const found = await readSealingCheck(sql);
  if (found.sealedCheck !== null) {
    const sealing = agree(place, found, found.sealedCheck);
    if (!sealing.isStale(found.sealedCheck)) return sealing;
  }
  let opened: Sealing | undefined;
  let isChanged = false;
  const decide = (latest: SealingCheck): string => {
    const { sealedCheck, installationId } = latest;
    opened = sealedCheck === null ? begin(place) : agree(place, latest, sealedCheck);
    if (sealedCheck !== null && !opened.isStale(sealedCheck)) return sealedCheck;
    isChanged = sealedCheck !== null;
    return opened.seal(installationId, checkPurpose);
  };
  await writeSealingCheck(sql, decide, async (transaction) => {
    if (opened && isChanged) await reseal(transaction, opened);
  });
  if (opened === undefined) throw new Error('The check of the key was written without a key.');
  return opened;
}

const checkPurpose = 'check of the installation';

/** Seals by the first key whatever an older one has sealed, so that the older one can go. Signing keys do so as they are read. */
async function reseal(transaction: TransactionSql, sealing: Sealing): Promise<void> {
  const anew =
    (purposeOf: (id: number) => string) =>
    ({ id, sealed }: SealedText): string => {
      try {
        return sealing.seal(sealing.unseal(sealed, purposeOf(id)), purposeOf(id));
      } catch (error) {
        // Whoever wants to use it is told; it must not keep the server from starting, where it is set anew.
        if (error instanceof Fault) return sealed;
        throw error;
      }
    };
  await resealAll(transaction, {
    credential: anew(credentialPurpose),
    provider: anew(clientSecretPurpose),
  });
}

function begin(place: SealingKeyPlace): Sealing {
  const keys = readSealingKeys(place) ?? (place.isOwn ? createSealingKey(place) : undefined);
  if (keys) return createSealing(keys, place.path);
  throw new Fault(
    'sealing-key-unusable',
    `SYNCLINE_SEALING_KEY_FILE is ${place.path}, and there is no such file: make it with "openssl rand -base64 32" and "chmod 600", or correct the path.`,
  );
}

/** The sealing of the file, which has to open what the database was sealed with. */
function agree(place: SealingKeyPlace, { installationId }: SealingCheck, sealedCheck: string): Sealing {
  const keyId = sealingKeyIdOf(sealedCheck);
  const remedy = `copy the file from a machine or a backup that has it${place.isOwn ? ', or name it in SYNCLINE_SEALING_KEY_FILE' : ''}`;
  const keys = readSealingKeys(place);
  if (keys === undefined) {
    throw new Fault(
      'sealing-key-unusable',
      `The secrets in the database are sealed with the key ${keyId}, and the file ${place.path} that should have it is not there: ${remedy}.`,
    );
  }
  const sealing = createSealing(keys, place.path);
  try {
    if (sealing.unseal(sealedCheck, checkPurpose) === installationId) return sealing;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  throw new Fault(
    'sealing-key-unusable',
    `The secrets in the database are sealed with the key ${keyId}, and the file ${place.path} has other keys: ${remedy}.`,
  );
}
