import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectClassCounts } from '../store/runs.ts';
import type { Progress } from '../sync/progress.ts';
import { createView, type Screen } from './progress-view.ts';

/** A stream that remembers, with a time and a pulse that the test moves. */
function stage(options: { isLive: boolean; columns?: number; rows?: number }) {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const size = { isTTY: options.isLive, columns: options.columns ?? 80, rows: options.rows ?? 24 };
  const screen: Screen = Object.assign(stream, size);
  let nowMs = 0;
  let draw: (() => void) | undefined;
  const view = createView(screen, {
    isLive: options.isLive,
    now: () => nowMs,
    pulse(each) {
      draw = each;
      return () => {
        draw = undefined;
      };
    },
  });
  return {
    view,
    written: () => written,
    isDrawing: () => draw !== undefined,
    /** What has come to stand on the screen, as a terminal shows it. */
    lines: () => showOnTerminal(written, size.columns),
    pass(ms: number) {
      nowMs += ms;
      draw?.();
    },
    resize(columns: number) {
      Object.assign(screen, { columns });
      size.columns = columns;
    },
  };
}

/** The lines on a terminal that knows the few orders that are given here. */
function showOnTerminal(bytes: string, columns: number): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  const write = (text: string) => {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        row += 1;
        column = 0;
      }
      lines[row] = `${(lines[row] ?? '').slice(0, column)}${part}`;
      column += part.length;
      expect(column).toBeLessThan(columns);
    }
  };
  const [first = '', ...orders] = bytes.split('\x1b[');
  write(first);
  for (const order of orders) {
    const [, number, letter, text = ''] = /^\??(\d*)([A-Za-z])(.*)$/s.exec(order) ?? [];
    if (letter === 'A') row -= Number(number);
    if (letter === 'K' || letter === 'J') lines[row] = (lines[row] ?? '').slice(0, column);
    if (letter === 'J') lines.splice(row + 1);
    write(text);
  }
  return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
}

const reading: Progress = {
  kind: 'reading',
  objectClass: 'user',
  isFull: true,
  reason: 'it is the first time',
  isResumed: false,
};
const read = (objects: number, links = 0): Progress => ({
  kind: 'read',
  objectClass: 'user',
  objects,
  links,
});
const waiting = (seconds: number): Progress => ({
  kind: 'waiting',
  objectClass: 'user',
  reason: 'the quota',
  seconds,
});
const counts: ObjectClassCounts = {
  objectClass: 'user',
  isFull: true,
  reason: null,
  total: 45_000,
  inserted: 12,
  updated: 3,
  deleted: 0,
  filtered: 0,
  startedAt: new Date(0),
};
const members = { ...counts, objectClass: 'user.members', total: 1, inserted: 0, updated: 0, deleted: 4 };
const applied: Progress = { kind: 'applied', objectClass: 'user', counts: [counts, members] };

describe('on a terminal', () => {
  test('each entity type has a line that is drawn over, and the time runs below', () => {
    const { view, lines, pass } = stage({ isLive: true });
    const { report } = view.show(['user', 'servicePrincipal']);
    report(reading);
    pass(1000);
    expect(lines()).toEqual(['↓ user              reading 0 objects', '  servicePrincipal', '  0:01']);
    report(read(30_000, 7));
    pass(1000);
    report(read(45_200, 8));
    pass(65_000 - 2000);
    expect(lines()[0]).toBe('↓ user              reading 45,200 objects · 8 links');
    expect(lines().at(-1)).toBe('  1:05');
  });

  test('the speed is shown while objects come', () => {
    const { view, lines, pass } = stage({ isLive: true });
    const { report } = view.show(['user']);
    report(reading);
    report(read(1000));
    pass(1000);
    report(read(4100));
    pass(0);
    expect(lines()[0]).toBe('↓ user  reading 4,100 objects · 3,100/s');
  });

  test('a wait counts down and goes away', () => {
    const { view, lines, pass } = stage({ isLive: true });
    const { report } = view.show(['user']);
    report(reading);
    report(waiting(12));
    pass(0);
    expect(lines()[0]).toBe('↓ user  reading 0 objects · waiting 12 s for the quota');
    pass(8_500);
    expect(lines()[0]).toBe('↓ user  reading 0 objects · waiting 3.5 s for the quota');
    pass(3_500);
    expect(lines()[0]).toBe('↓ user  reading 0 objects');
  });

  test('what is done says what was done, and what failed says why', () => {
    const { view, lines, pass } = stage({ isLive: true });
    const { report } = view.show(['user', 'group']);
    report(reading);
    report({ kind: 'applying', objectClass: 'user' });
    pass(100);
    expect(lines()[0]).toBe('→ user   applying 0 objects');
    report(applied);
    report({ kind: 'failed', objectClass: 'group', message: 'Graph is\x1b[2J away.\nVery far.' });
    pass(100);
    expect(lines().slice(0, 2)).toEqual([
      '✓ user   45,000 objects: 12 new, 3 changed · members 1 link: 4 gone',
      '✗ group  failed: Graph is away. Very far.',
    ]);
  });

  test('a line that is said stands above for good', () => {
    const { view, lines, pass } = stage({ isLive: true });
    const show = view.show(['user']);
    pass(100);
    view.say('PostgreSQL is running again.');
    pass(100);
    expect(lines()).toEqual(['PostgreSQL is running again.', '  user', '  0:00']);
    show.end();
    view.say('Done.');
    expect(lines()).toEqual(['PostgreSQL is running again.', 'Done.']);
  });

  test('the cursor is hidden while lines are drawn, and back afterwards, also when the process exits', () => {
    const listeners = process.listenerCount('exit');
    const { view, written, isDrawing } = stage({ isLive: true });
    const show = view.show(['user']);
    expect(written().startsWith('\x1b[?25l')).toBe(true);
    expect(process.listenerCount('exit')).toBe(listeners + 1);
    show.end();
    expect(written().endsWith('\x1b[?25h')).toBe(true);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(isDrawing()).toBe(false);
    show.end(true);
    expect(written().split('\x1b[?25h')).toHaveLength(2);
  });

  test('what is kept tells how far things came', () => {
    const { view, lines } = stage({ isLive: true });
    const show = view.show(['user']);
    show.report(reading);
    show.report(read(7));
    show.end(true);
    expect(lines()).toEqual(['↓ user  reading 7 objects', '  0:00']);
  });

  test('no line is wider than the terminal, whatever is in it', () => {
    const message = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), message, (columns, message) => {
        const { view, written, pass } = stage({ isLive: true, columns });
        const show = view.show(['user']);
        show.report({ kind: 'failed', objectClass: 'user', message });
        pass(100);
        for (const line of stripVTControlCharacters(written()).split('\n')) {
          const letters = [...line].filter((letter) => !/[\p{Mn}\p{Me}\p{Cf}]/u.test(letter));
          expect(letters.length).toBeLessThan(columns);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
        show.end();
      }),
    );
  });

  test('letters that are two columns wide count as two', () => {
    const { view, written, pass } = stage({ isLive: true, columns: 20 });
    const { report } = view.show(['user']);
    report({ kind: 'failed', objectClass: 'user', message: '東京東京' });
    pass(100);
    expect(written()).toContain('user  failed: 東…');
  });

  test('a terminal that becomes narrower is drawn over from where the block begins then', () => {
    const { view, written, pass, resize } = stage({ isLive: true, columns: 60 });
    const { report } = view.show(['user']);
    report({ kind: 'failed', objectClass: 'user', message: 'x'.repeat(100) });
    pass(100);
    resize(30);
    pass(100);
    // 59 columns have become two lines, and the time is the third.
    expect(written()).toContain('\x1b[3A');
  });

  test('a screen of few lines is never scrolled', () => {
    const { view, lines } = stage({ isLive: true, rows: 3 });
    view.show(['user', 'group', 'device']);
    expect(lines()).toEqual(['  device', '  0:00']);
  });
});

describe('in a pipe', () => {
  test('there is a plain line for each change of state and nothing that only a terminal understands', () => {
    const { view, written } = stage({ isLive: false });
    const show = view.show(['user']);
    for (const progress of [reading, { kind: 'applying', objectClass: 'user' } as const, applied])
      show.report(progress);
    show.end();
    view.say('Done.');
    expect(written()).toBe(
      'user: reading everything, because it is the first time\nuser: applying\n' +
        'user: 45,000 objects: 12 new, 3 changed · members 1 link: 4 gone\nDone.\n',
    );
  });

  test('reading is told of every five seconds', () => {
    const { view, written, pass } = stage({ isLive: false });
    const { report } = view.show(['user']);
    report(reading);
    for (let second = 1; second <= 12; second++) {
      pass(1000);
      report(read(second * 1000));
    }
    expect(written().split('\n').slice(1, -1)).toEqual([
      'user: 5,000 objects read',
      'user: 10,000 objects read',
    ]);
  });

  test('every long wait is told of, and short ones at least every five seconds', () => {
    const { view, written, pass } = stage({ isLive: false });
    const { report } = view.show(['user']);
    report(waiting(30));
    report(waiting(60));
    for (let count = 0; count < 60; count++) {
      pass(100);
      report(waiting(0.5));
    }
    expect(written().trim().split('\n')).toEqual([
      'user: waiting 30 s for the quota',
      'user: waiting 60 s for the quota',
      'user: waiting 0.5 s for the quota',
    ]);
  });
});
