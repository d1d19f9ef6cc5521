import { describe, expect, test } from 'vitest';
import { manualClock, systemClock } from './clock.ts';

describe.each([
  ['a clock that stands', () => manualClock(1_000)],
  ['a clock that runs', systemClock],
] as const)('alarms of %s', (_, open) => {
  test('ring once, in order, when time is moved to them', () => {
    const clock = open();
    const rung: string[] = [];
    const startMs = clock.now();
    clock.alarm(startMs + 90_000, () => rung.push('second'));
    clock.alarm(startMs + 60_000, () => rung.push('first'));
    clock.alarm(startMs + 9_000_000, () => rung.push('never'));
    clock.advance(30_000);
    expect(rung).toEqual([]);
    clock.advance(90_000);
    clock.advance(0);
    expect(rung).toEqual(['first', 'second']);
  });

  test('do not ring when they were called off, not even by one that rang with them', () => {
    const clock = open();
    const rung: string[] = [];
    const callOff = clock.alarm(clock.now() + 70_000, () => rung.push('called off'));
    clock.alarm(clock.now() + 60_000, () => {
      rung.push('rang');
      callOff();
    });
    clock.advance(100_000);
    expect(rung).toEqual(['rang']);
  });

  test('that set another one do not go round for ever', () => {
    const clock = open();
    let rung = 0;
    const again = () => {
      rung++;
      clock.alarm(clock.now(), again);
    };
    clock.alarm(clock.now() + 60_000, again);
    clock.advance(60_000);
    expect(rung).toBe(1);
    clock.advance(0);
    expect(rung).toBe(2);
  });
});

test('a clock that runs rings by itself, and not at once for what is more than 24.8 days away', async () => {
  const clock = systemClock();
  let isLateRung = false;
  clock.alarm(clock.now() + 29 * 86_400_000, () => {
    isLateRung = true;
  });
  // Timers of the clock do not keep the process alive; while it waits, something has to.
  const alive = setInterval(() => {}, 1_000);
  await new Promise<void>((resolve) => clock.alarm(clock.now() + 20, resolve));
  clearInterval(alive);
  expect(isLateRung).toBe(false);
});
