/** The file with the keys for secrets: made once, the same on every machine, and never silently another one. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { credentialPurpose } from '../src/model/sealing.ts';
import { openSealing } from '../src/secrets/open-sealing.ts';
import { readProfileForUse } from '../src/secrets/profile-for-use.ts';
import { createProfile } from '../src/store/credential-profiles.ts';
import { addCredential } from '../src/store/credentials.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const getDatabase = useOwnDatabase();
let place = '';

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'syncline-keys-'));
  await getDatabase().database.sql`update installation set sealed_check = null`;
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const makeKey = () => randomBytes(32).toString('base64');

/** A machine with a data directory of its own. */
function machine(name: string, keyFile?: string) {
  const dataDirectory = join(place, name);
  return { dataDirectory, sealingKeyFile: keyFile === undefined ? undefined : join(place, keyFile) };
}

const open = (config: ReturnType<typeof machine>) => openSealing(config, getDatabase().database.sql);

async function refusal(config: ReturnType<typeof machine>): Promise<string> {
  const error = await open(config).catch((reason: unknown) => reason);
  if (error instanceof Fault && error.code === 'sealing-key-unusable') return error.message;
  throw error;
}

function write(name: string, text: string, mode = 0o600): void {
  writeFileSync(join(place, name), text);
  chmodSync(join(place, name), mode);
}

describe('without a setting', () => {
  test('the file is made in the data directory, for its account alone, and found again', async () => {
    const sealed = (await open(machine('a'))).seal('secret', 'x');
    const path = join(place, 'a', 'sealing.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toHaveLength(32);
    expect((await open(machine('a'))).unseal(sealed, 'x')).toBe('secret');
  });

  test('processes that begin at once make one key', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open(machine('a'))));
    const sealed = all[0]?.seal('secret', 'x') ?? '';
    expect(all.map((sealing) => sealing.unseal(sealed, 'x'))).toEqual(Array(8).fill('secret'));
  });

  test('a second machine on the database makes none of its own, and says which file to copy', async () => {
    await open(machine('a'));
    const path = join(place, 'b', 'sealing.key');
    const message = await refusal(machine('b'));
    expect(message).toMatch(
      /^The secrets in the database are sealed with the key [0-9a-f]{8}, and the file /,
    );
    expect(message).toContain(
      `${path} that should have it is not there: copy the file from a machine or a backup`,
    );
    expect(message).toContain('SYNCLINE_SEALING_KEY_FILE');
    expect(existsSync(path)).toBe(false);
    mkdirSync(join(place, 'b'));
    write('b/sealing.key', readFileSync(join(place, 'a', 'sealing.key'), 'utf8'));
    await open(machine('b'));
  });

  test('of two machines that begin at once on a new database, one is told to copy the key of the other', async () => {
    const outcomes = await Promise.allSettled([open(machine('a')), open(machine('b'))]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('another key than that of the database is refused', async () => {
    await open(machine('a'));
    write('a/sealing.key', makeKey());
    expect(await refusal(machine('a'))).toContain('has other keys: copy the file');
  });
});

describe('the file of SYNCLINE_SEALING_KEY_FILE', () => {
  test('is used, and none is made beside it', async () => {
    write('keys', `# made on the first of March\n${makeKey()}\n\n`);
    await open(machine('a', 'keys'));
    expect(existsSync(join(place, 'a'))).toBe(false);
  });

  test('has to be there', async () => {
    expect(await refusal(machine('a', 'keys'))).toBe(
      `SYNCLINE_SEALING_KEY_FILE is ${join(place, 'keys')}, and there is no such file: make it with "openssl rand -base64 32" and "chmod 600", or correct the path.`,
    );
  });

  test.each<[string, string, number, string]>([
    ['an empty file', '\n', 0o600, 'has no key in it'],
    [
      'a line that is no key',
      `${makeKey()}\nmy password\n`,
      0o600,
      'has no key in line 2: write 32 bytes in base64',
    ],
    ['a key that is too short', randomBytes(16).toString('base64'), 0o600, 'has no key in line 1'],
    [
      'a file that others can read',
      makeKey(),
      0o644,
      'is readable for other accounts: close it with "chmod 600',
    ],
    ['a file that the group can write', makeKey(), 0o660, 'is writable for other accounts'],
  ])('%s is refused', async (_, text, mode, words) => {
    write('keys', text, mode);
    const message = await refusal(machine('a', 'keys'));
    expect(message).toContain(`The file ${join(place, 'keys')} with the keys for secrets ${words}`);
    expect(message).not.toContain(text.trim() || 'nothing');
  });

  test('may be readable for its group', async () => {
    write('keys', makeKey(), 0o640);
    await open(machine('a', 'keys'));
  });

  test('has the new key first and the old one behind it while keys are changed', async () => {
    const [older, newer] = [makeKey(), makeKey()];
    write('keys', older);
    const sealed = (await open(machine('a', 'keys'))).seal('secret', 'x');
    write('keys', `${newer}\n${older}`);
    const both = await open(machine('a', 'keys'));
    expect(both.unseal(sealed, 'x')).toBe('secret');
    expect(both.isStale(sealed)).toBe(true);
    write('keys', older);
    expect(await refusal(machine('a', 'keys'))).toContain('has other keys');
  });

  test('seals what is stored anew once another key is first, so that the old one can go', async () => {
    const { sql } = getDatabase().database;
    const [older, newer] = [makeKey(), makeKey()];
    write('keys', older);
    const before = await open(machine('a', 'keys'));
    const profile = { name: 'Rotated', description: '', type: 'client-secret', clientId: 'x' } as const;
    const none = { userName: null, certificate: null, thumbprint: null, subject: null, expiresAt: null };
    const profileId = await sql.begin(async (transaction) => {
      const made = await createProfile(transaction, profile, 'a test');
      const seal = (id: number) => before.seal('kept', credentialPurpose(id));
      await addCredential(transaction, made?.profileId ?? 0, { ...none, label: 'a' }, { seal, by: 'a test' });
      return made?.profileId ?? 0;
    });
    write('keys', `${newer}\n${older}`);
    await open(machine('a', 'keys'));
    write('keys', newer);
    const used = await readProfileForUse(sql, await open(machine('a', 'keys')), profileId);
    expect(used?.credentials).toEqual([{ kind: 'secret', secret: 'kept' }]);
  });
});
