import { describe, expect, test } from 'vitest';
import { checkDisk, checkMemory, judgeClock } from './machine-checks.ts';

describe('the clock', () => {
  const nowMs = Date.parse('2026-11-20T10:11:12.345Z');
  const judge = (date: string | undefined) => judgeClock('graph.example.com', date, nowMs);

  test('is in step, or a little off', () => {
    expect(judge('Fri, 20 Nov 2026 10:11:12 GMT')).toMatchObject({
      outcome: 'ok',
      detail: 'in step with graph.example.com',
    });
    expect(judge('Fri, 20 Nov 2026 10:10:12 GMT')).toMatchObject({
      outcome: 'ok',
      detail: '60 s ahead of graph.example.com',
    });
  });

  test('is wrong beyond five minutes', () => {
    expect(judge('Fri, 20 Nov 2026 11:11:12 GMT')).toMatchObject({
      outcome: 'failed',
      detail: '3,600 s behind graph.example.com',
      remedy: 'set the clock of this machine, and let it follow a time server',
    });
  });

  test.each([undefined, '', 'yesterday'])('cannot be compared with %j', (date) => {
    expect(judge(date).outcome).toBe('skipped');
  });
});

test('memory and disk are told in numbers', () => {
  expect(checkMemory().detail).toMatch(/^[\d,]+ MB of [\d,]+ MB free$/);
  expect(checkDisk('/nowhere/at/all').detail).toMatch(/^[\d,]+ MB free for \/nowhere\/at\/all$/);
});
