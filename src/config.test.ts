import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Environment, maskPassword, type Place, readConfig } from './config.ts';
import { Fault } from './errors.ts';

const place: Place = { workingDirectory: '/home/ada/syncline', isRoot: false, isReachableByOthers: true };

function refusal(environment: Environment, flags = {}): Fault {
  try {
    readConfig(environment, flags, place);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('not refused');
}

describe('the data directory', () => {
  test('is data in the working directory', () => {
    expect(readConfig({}, {}, place).dataDirectory).toBe('/home/ada/syncline/data');
  });

  test('is what SYNCLINE_DATA says, and before that --data, relative to the working directory', () => {
    expect(readConfig({ SYNCLINE_DATA: '/srv/a' }, {}, place).dataDirectory).toBe('/srv/a');
    expect(readConfig({ SYNCLINE_DATA: '/srv/a' }, { data: 'b' }, place).dataDirectory).toBe(
      '/home/ada/syncline/b',
    );
  });

  test('is below /var/lib for root where no other account can get, one for each working directory', () => {
    const closed: Place = { workingDirectory: '/root/syncline', isRoot: true, isReachableByOthers: false };
    const { dataDirectory } = readConfig({}, {}, closed);
    expect(dataDirectory).toMatch(/^\/var\/lib\/syncline\/[0-9a-f]{12}$/);
    expect(readConfig({}, {}, closed).dataDirectory).toBe(dataDirectory);
    expect(readConfig({}, {}, { ...closed, workingDirectory: '/root/other' }).dataDirectory).not.toBe(
      dataDirectory,
    );
    expect(readConfig({ SYNCLINE_DATA: 'x' }, {}, closed).dataDirectory).toBe('/root/syncline/x');
    expect(readConfig({}, {}, { ...closed, isReachableByOthers: true }).dataDirectory).toBe(
      '/root/syncline/data',
    );
  });

  test.each([
    [{ SYNCLINE_DATA: ' ' }, {}, 'SYNCLINE_DATA is " "'],
    [{}, { data: '' }, '--data is ""'],
    [{}, { data: 'a\0b' }, '--data is "a\\u0000b"'],
  ])('%j %j is refused with exit code 2', (environment, flags, start) => {
    const fault = refusal(environment, flags);
    expect(fault.exitCode).toBe(2);
    expect(fault.message).toContain(start);
  });
});

describe('the settings file', () => {
  test('is appsettings.agent.json in the working directory, which need not be there', () => {
    expect(readConfig({}, {}, place).settingsFile).toEqual({
      path: '/home/ada/syncline/appsettings.agent.json',
      isDefault: true,
      dataDirectory: '/home/ada/syncline/data',
    });
  });

  test('is what SYNCLINE_SETTINGS says, and before that --settings, relative to the working directory', () => {
    const environment = { SYNCLINE_SETTINGS: '/etc/syncline.json' };
    expect(readConfig(environment, {}, place).settingsFile).toEqual({
      path: '/etc/syncline.json',
      isDefault: false,
      dataDirectory: '/home/ada/syncline/data',
    });
    expect(readConfig(environment, { settings: 'conf/a.json' }, place).settingsFile).toEqual({
      path: '/home/ada/syncline/conf/a.json',
      isDefault: false,
      dataDirectory: '/home/ada/syncline/data',
    });
  });

  test('may take values from the environment as it was at the beginning', () => {
    const environment: Record<string, string> = { ENTRA_SECRET: 'hunter2' };
    const config = readConfig(environment, {}, place);
    environment.ENTRA_SECRET = 'changed';
    expect(config.environment.ENTRA_SECRET).toBe('hunter2');
  });

  test.each([
    [{ SYNCLINE_SETTINGS: ' ' }, {}, 'SYNCLINE_SETTINGS is " ", which is no file'],
    [{}, { settings: '' }, '--settings is "", which is no file'],
  ])('%j %j is refused with exit code 2', (environment, flags, start) => {
    const fault = refusal(environment, flags);
    expect(fault.exitCode).toBe(2);
    expect(fault.message).toContain(start);
  });
});

describe('DATABASE_URL', () => {
  test.each([
    'postgres://localhost/syncline',
    'postgresql://ada:p%40ss@db.example.com:5433/syncline?sslmode=require',
    'postgres://ada@one:5432,two:5433/syncline',
    'postgres://ada:a,b@127.0.0.1:5432/syncline',
  ])('%s is taken as it is', (url) => {
    expect(readConfig({ DATABASE_URL: url }, {}, place).databaseUrl).toBe(url);
  });

  test('not set and set to nothing mean the embedded database', () => {
    expect(readConfig({}, {}, place).databaseUrl).toBeUndefined();
    expect(readConfig({ DATABASE_URL: '' }, {}, place).databaseUrl).toBeUndefined();
  });

  test.each([
    'mysql://ada:hunter2@db/syncline',
    'db.example.com:5432',
    'postgres://',
    'postgres:///syncline',
    'postgres://ada:hunter2',
    'postgres://ada:hunter2@[::1]:5432/syncline',
    'postgres:/ada:hunter2@db',
    'ada:hunter2@db/syncline',
    'postgres://ada:hunter2%@db/syncline',
    'postgres://ada@one:5432,two:port/syncline',
    'postgres://ada:hunter2@db:99999/syncline',
    'postgres://ada:hunter2@db:0/syncline',
    'postgres://ada:hunter2#x@db/syncline',
    'postgres://ada:hunter2/x@db/syncline',
    'postgres://ada@db/syncline?password=hunter2&sslpassword=hunter2#',
    'mysql://ada@db/x,y?password=hunter2',
  ])('%s is refused in one sentence with exit code 2, without its password', (url) => {
    const fault = refusal({ DATABASE_URL: url });
    expect(fault.code).toBe('invalid-setting');
    expect(fault.exitCode).toBe(2);
    expect(fault.message).toMatch(/^DATABASE_URL is ".*", which is no PostgreSQL address: .*\.$/);
    expect(fault.message).not.toContain('hunter2');
  });

  test('whatever it is, it is taken unchanged or refused with a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `postgres://${rest}`),
        ),
        (url) => {
          try {
            expect(readConfig({ DATABASE_URL: url }, {}, place).databaseUrl).toBe(url || undefined);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
    );
  });

  test('a shown URL never has the password in it, whatever the password is', () => {
    const user = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(user, fc.string({ minLength: 1 }), (name, password) => {
        expect(maskPassword(`postgres://${name}:${password}@db:5432/syncline`)).toBe(
          `postgres://${name}:***@db:5432/syncline`,
        );
      }),
    );
  });
});

test('a configuration cannot be changed', () => {
  expect(Object.isFrozen(readConfig({}, {}, place))).toBe(true);
});
