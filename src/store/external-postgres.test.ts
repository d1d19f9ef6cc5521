import { expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { explainExternal } from './external-postgres.ts';

const url = 'postgres://ada:hunter2@db.example.com/syncline';

function failure(code: string): Error {
  return Object.assign(new Error('as the client library says it'), { code });
}

test.each([
  ['CONNECTION_CLOSED', 'database-unavailable', 'the connection broke off'],
  ['CONNECTION_ENDED', 'database-unavailable', 'the connection broke off'],
  ['CONNECTION_DESTROYED', 'database-unavailable', 'the connection broke off'],
  ['CONNECT_TIMEOUT', 'database-unavailable', 'the server cannot be reached'],
  ['ECONNREFUSED', 'database-unavailable', 'no server listens there'],
  ['53100', 'disk-full', 'the disk of the server is full'],
  ['53300', 'database-unavailable', 'the server has no free connection'],
  ['57P01', 'database-unavailable', 'the server was stopped or has ended our sessions'],
  ['57P02', 'database-unavailable', 'the server was stopped or has ended our sessions'],
  ['57P03', 'database-unavailable', 'the server is just starting or stopping'],
])('%s is %s in one sentence that names the server and no password', (code, faultCode, what) => {
  const fault = explainExternal(url, failure(code));
  expect(fault).toBeInstanceOf(Fault);
  const { code: found, message } = fault as Fault;
  expect(found).toBe(faultCode);
  expect(message).toMatch(
    /^DATABASE_URL is "postgres:\/\/ada:\*\*\*@db\.example\.com\/syncline", but .*: .*\.$/,
  );
  expect(message).toContain(what);
});

test('what is no failure of the server stays what it is', () => {
  const defect = failure('42P01');
  expect(explainExternal(url, defect)).toBe(defect);
  const fault = new Fault('connection-busy', 'Another run is working on it: wait.');
  expect(explainExternal(url, fault)).toBe(fault);
});
