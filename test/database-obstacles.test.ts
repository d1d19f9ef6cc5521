/** The embedded database, from outside: whatever is taken, full, spoilt or not allowed, it runs or says one sentence. */
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  connectionFile,
  expectOneSentence,
  hold,
  newDataDirectory,
  open,
  query,
  refusal,
  scratch,
  usedDataDirectory,
} from './fixtures/data-directories.ts';
import {
  copyForOrdinaryAccount,
  type Installation,
  isRoot,
  makeHome,
  untilNothingRuns,
} from './fixtures/held-database.ts';

describe('what can be in the way', () => {
  test('a taken port: another is chosen and kept', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    await first.stop();
    const squatter = createServer().listen(first.description.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await open({ data });
    expect(second.description.port).not.toBe(first.description.port);
    expect(Number(connectionFile(data).port)).toBe(second.description.port);
    squatter.close();
  });

  test('a disk too full for a new database', async () => {
    const data = newDataDirectory();
    const { code, complaint } = await refusal({ data, fileSizeLimitKb: 4096 });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`no room left for the database in ${data}`);
    expect(existsSync(join(data, 'database'))).toBe(false);
    await open({ data });
  });

  test('a disk that has become full since', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    await first.stop();
    const { code, complaint } = await refusal({ data, fileSizeLimitKb: 0 });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`no room left for the database in ${data}`);
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('a data directory that is a file', async () => {
    const data = newDataDirectory();
    writeFileSync(data, '');
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(data);
  });

  test('a lost password file', async () => {
    const data = usedDataDirectory();
    await (await open({ data })).stop();
    rmSync(join(data, 'connection.conf'));
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(join(data, 'connection.conf'));
  });

  test('a database of another PostgreSQL', async () => {
    const data = usedDataDirectory();
    await (await open({ data })).stop();
    writeFileSync(join(data, 'database/PG_VERSION'), '17\n');
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('made by PostgreSQL 17');
  });

  test('a database whose schema is not that of this program', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    await query(data, "update migration set name = 'other'");
    await first.stop();
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('migration 1 (other)');
  });

  test('programs of another version: this one brings its own and removes them', async () => {
    const data = usedDataDirectory();
    await (await open({ data })).stop();
    const [version = ''] = readdirSync(join(data, 'postgresql'));
    renameSync(join(data, 'postgresql', version), join(data, 'postgresql/17.0.0'));
    await open({ data });
    expect(readdirSync(join(data, 'postgresql'))).toEqual([version]);
  });

  test('a configuration file that a person has spoilt', async () => {
    const data = usedDataDirectory();
    appendFileSync(join(data, 'database/postgresql.conf'), 'shared_buffers = plenty\n');
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('postgresql.conf');
  });

  test('a setting that makes no sense: exit code 2', async () => {
    const { code, complaint } = await refusal({
      data: newDataDirectory(),
      environment: { DATABASE_URL: 'mysql://a:secret@b/c' },
    });
    expect(code).toBe(2);
    expectOneSentence(complaint);
    expect(complaint).not.toContain('secret');
  });
});

describe('accounts', () => {
  let ordinary: Installation;
  beforeAll(() => {
    ordinary = copyForOrdinaryAccount(scratch);
  });

  test('an ordinary account runs everything as itself', async () => {
    const data = join(makeHome(scratch, ordinary), 'data');
    const database = await open({ data, installation: ordinary });
    expect(database.description.account).toBeUndefined();
    expect(statSync(join(data, 'database')).uid).toBe(ordinary.uid ?? process.getuid?.());
    expect(await database.ask()).toBe(database.description.installationId);
    expect(await database.stop()).toMatchObject({ code: 0 });
  });

  test('who starts it in a directory that is closed to others gets a database all the same', async () => {
    // As root this is a checkout below /root, which PostgreSQL's own account cannot enter.
    const workingDirectory = join(scratch, 'closed');
    mkdirSync(workingDirectory, { mode: 0o700 });
    const database = hold({ workingDirectory });
    const description = await database.opened;
    const data = description?.dataDirectory ?? '';
    try {
      const expected = isRoot ? /^\/var\/lib\/syncline\/[0-9a-f]{12}$/ : /\/closed\/data$/;
      expect(data).toMatch(expected);
      expect(statSync(join(data, 'database')).uid).not.toBe(0);
      await database.stop();
      await untilNothingRuns(data);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  test('whoever made the data directory, its owner and root can both run on it, one after the other', async () => {
    const data = join(makeHome(scratch, ordinary), 'data');
    const first = await open({ data, installation: ordinary });
    await first.stop();
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
    await second.stop();
    const third = await open({ data, installation: ordinary });
    expect(third.description.installationId).toBe(first.description.installationId);
  });

  test('the data directory of another account is refused in one sentence', async () => {
    const data = '/usr';
    const { code, complaint } = await refusal({ data, installation: ordinary });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('/usr belongs to account "root"');
  });

  test('a directory that the account may not make is refused in one sentence', async () => {
    const data = '/usr/syncline-data';
    const { code, complaint } = await refusal({ data, installation: ordinary });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('/usr/syncline-data');
  });
});
