/** Two texts → the lines that tell them apart, with some that stay around them (E. W. Myers, An O(ND) difference algorithm, 1986). Pure. */

/** A line of either text. `before` and `after` are its numbers in them, from 1 on; null where it is not there. */
export type DifferenceLine = Readonly<{
  kind: 'same' | 'added' | 'removed';
  before: number | null;
  after: number | null;
  text: string;
}>;

/** Lines that stand together. */
export type DifferenceHunk = readonly DifferenceLine[];

/** Beyond so many lines that differ nobody compares any more; time and memory to find the fewest grow with their square. */
const mostSteps = 800;

/** Every line of both texts, the fewest of them as added or removed; where very many differ, all between the first and the last. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly DifferenceLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  const lines: DifferenceLine[] = [];
  let [a, b] = [0, 0];
  const keep = (count: number) => {
    for (let number = 0; number < count; number += 1) {
      lines.push({ kind: 'same', before: a + 1, after: b + 1, text: before[a] ?? '' });
      a += 1;
      b += 1;
    }
  };
  keep(start);
  for (const step of stepsBetween(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  )) {
    if (step === 'same') keep(1);
    else if (step === 'removed') {
      lines.push({ kind: 'removed', before: a + 1, after: null, text: before[a] ?? '' });
      a += 1;
    } else {
      lines.push({ kind: 'added', before: null, after: b + 1, text: after[b] ?? '' });
      b += 1;
    }
  }
  keep(end);
  return lines;
}

/** Only what differs, with up to so many lines that stay before and behind it. */
export function hunksOf(lines: readonly DifferenceLine[], context = 3): readonly DifferenceHunk[] {
  const hunks: DifferenceLine[][] = [];
  let shownTo = -1;
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    const from = Math.max(at - context, 0);
    if (hunks.length === 0 || from > shownTo + 1) {
      hunks.push([]);
      shownTo = from - 1;
    }
    const to = Math.min(at + context, lines.length - 1);
    hunks.at(-1)?.push(...lines.slice(shownTo + 1, to + 1));
    shownTo = Math.max(shownTo, to);
  });
  return hunks;
}

type Step = DifferenceLine['kind'];

function stepsBetween(before: readonly string[], after: readonly string[]): readonly Step[] {
  if (before.length === 0) return after.map(() => 'added');
  if (after.length === 0) return before.map(() => 'removed');
  const trace = reach(before, after);
  if (trace === undefined) return [...before.map((): Step => 'removed'), ...after.map((): Step => 'added')];
  const steps: Step[] = [];
  let [x, y] = [before.length, after.length];
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const furthest = (k: number) => trace[d - 1]?.get(k) ?? -1;
    const k = x - y;
    const isDown = k === -d || (k !== d && furthest(k - 1) < furthest(k + 1));
    const from = isDown ? k + 1 : k - 1;
    const fromX = furthest(from);
    const fromY = fromX - from;
    for (let same = x - (isDown ? fromX : fromX + 1); same > 0; same -= 1) steps.push('same');
    steps.push(isDown ? 'added' : 'removed');
    [x, y] = [fromX, fromY];
  }
  for (; x > 0; x -= 1) steps.push('same');
  return steps.reverse();
}

/** How far each diagonal is reached with 0, 1, 2 … differences, until both ends are; undefined where that takes too many. */
function reach(
  before: readonly string[],
  after: readonly string[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= mostSteps; d += 1) {
    const last = trace.at(-1);
    const reached = new Map<number, number>();
    trace.push(reached);
    for (let k = -d; k <= d; k += 2) {
      const down = last?.get(k + 1) ?? -1;
      const right = last?.get(k - 1) ?? -1;
      let x = d === 0 ? 0 : k === -d || (k !== d && right < down) ? down : right + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1;
      reached.set(k, x);
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return undefined;
}
