import { describe, expect, test } from 'vitest';
import { createRequestLog, type RequestEntry } from './request-log.ts';

const entry = (path: string, query = ''): RequestEntry => ({
  atMs: 0,
  method: 'GET',
  path,
  query,
  status: 200,
  units: 1,
  appId: undefined,
  durationMs: 1,
});

describe('the request log', () => {
  test('remembers the last requests in their order', () => {
    const log = createRequestLog(3);
    for (const path of ['/a', '/b', '/c', '/d', '/e']) log.record(entry(path));
    expect(log.total).toBe(5);
    expect(log.last(2).map(({ path }) => path)).toEqual(['/d', '/e']);
    expect(log.last(100).map(({ path }) => path)).toEqual(['/c', '/d', '/e']);
  });

  test('has nothing before the first request', () => {
    expect(createRequestLog().last(10)).toEqual([]);
  });

  test('shows whether two requests carried the same token, not the token', () => {
    const log = createRequestLog();
    for (const token of ['one', 'two', 'one']) log.record(entry('/users', `$top=5&$skiptoken=${token}`));
    const [first, second, third] = log.last(3).map(({ query }) => query);
    expect(first).toMatch(/^\$top=5&\$skiptoken=~[0-9a-f]{8}$/);
    expect(third).toBe(first);
    expect(second).not.toBe(first);
  });

  test('leaves $deltatoken=latest as it is', () => {
    const log = createRequestLog();
    log.record(entry('/users/delta', '%24deltatoken=latest&$select=id'));
    expect(log.last(1)[0]?.query).toBe('%24deltatoken=latest&$select=id');
  });
});
