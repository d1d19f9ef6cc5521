// Where a command says what it is doing: a block of lines that is redrawn on a terminal, and plain lines anywhere else.
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Progress, Report } from '../sync/progress.ts';
import { describeEvent } from '../sync/progress-words.ts';
import { advance, beginning, describeStanding, type Standing } from './progress-state.ts';

/** A stream of text; on a terminal it knows its size. */
export type Screen = NodeJS.WritableStream & Readonly<{ isTTY?: boolean; columns?: number; rows?: number }>;

export interface View {
  /** Whether lines can be drawn over. */
  readonly isLive: boolean;
  /** Prints a line for good; a block that is being drawn stays below it. */
  say(line: string): void;
  /** Begins to show how entity types come along. One such show, or painting, at a time. */
  show(objectClasses: readonly string[]): Show;
  /** Begins to draw lines, again and again; where nothing can be drawn over, nothing is. */
  paint(lines: (nowMs: number) => readonly PaintedLine[]): Pick<Show, 'end'>;
}

/** A line with the sign that tells how it stands. */
export type PaintedLine = Readonly<{ look: keyof typeof looks; text: string }>;

export interface Show {
  readonly report: Report;
  /** Ends it, once. What is on a terminal goes away, unless it is kept because it tells how far things came. */
  end(isKept?: boolean): void;
}

/** Does some work and shows how it comes along; when it fails, what was shown last is kept. */
export async function showWhile<T>(
  view: View,
  { entityTypes }: Readonly<{ entityTypes: readonly Readonly<{ name: string }>[] }>,
  signal: AbortSignal,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  const show = view.show(entityTypes.map(({ name }) => name));
  try {
    const result = await work((progress) => {
      // Whatever a person has stopped shall stand there as far as it came.
      if (progress.kind !== 'failed' || !signal.aborted) show.report(progress);
    });
    show.end();
    return result;
  } finally {
    show.end(true);
  }
}

export type ViewOptions = Readonly<{
  /** Whether lines can be drawn over. */
  isLive: boolean;
  now: () => number;
  /** Calls `draw` again and again, at most ten times a second, until what it gives is called. */
  pulse: (draw: () => void) => () => void;
}>;

/** A view of a process's own output. */
export function openView(screen: Screen, terminal: string | undefined): View {
  return createView(screen, {
    isLive: screen.isTTY === true && terminal !== 'dumb',
    now: () => performance.now(),
    pulse(draw) {
      const timer = setInterval(draw, 100);
      return () => clearInterval(timer);
    },
  });
}

export function createView(screen: Screen, options: ViewOptions): View {
  return options.isLive ? createLiveView(screen, options) : createPlainView(screen, options);
}

function createLiveView(screen: Screen, { now, pulse }: ViewOptions): View {
  /** The widths of the lines that stand on the terminal now, the cursor below them. */
  let drawn: number[] = [];
  let draw: (() => string) | undefined;

  // A terminal that does not know its size says 0.
  const columnsOf = () => screen.columns || 80;
  const goToTop = (): string => {
    // A terminal that was made narrower meanwhile has broken the lines.
    const height = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columnsOf())), 0);
    drawn = [];
    return height === 0 ? '' : `\x1b[${height}A`;
  };
  const paint: View['paint'] = (lines) => {
    const startedAtMs = now();
    draw = () => {
      const nowMs = now();
      const columns = columnsOf() - 1;
      const time: PaintedLine = { look: 'begins', text: clock((nowMs - startedAtMs) / 1000) };
      // Whatever does not fit on the screen cannot be drawn over.
      const shown = [...lines(nowMs), time]
        .slice(-Math.max(1, (screen.rows || 24) - 1))
        .map(({ look, text }) => ({ look: looks[look], text: cut(plain(text), columns - signWidth) }));
      drawn = shown.map(({ text }) => signWidth + widthOf(text));
      return shown
        .map(({ look: [style, sign], text }) => {
          // Only the sign is coloured, so that the text can be read on any background.
          return `${styleText(style, sign, { stream: screen })} ${text}${eraseToEnd}\n`;
        })
        .join('');
    };
    const redraw = () => {
      // Line over line, which does not flicker; below it is only what a broken line has left.
      if (draw !== undefined) screen.write(`${goToTop()}${draw()}${eraseBelow}`);
    };
    const showCursor = () => screen.write('\x1b[?25h');
    screen.write('\x1b[?25l');
    redraw();
    process.once('exit', showCursor);
    const stop = pulse(redraw);
    return {
      end(isKept = false) {
        if (draw === undefined) return;
        stop();
        screen.write(`${goToTop()}${isKept ? draw() : ''}${eraseBelow}`);
        draw = undefined;
        drawn = [];
        process.off('exit', showCursor);
        showCursor();
      },
    };
  };
  return {
    isLive: true,
    say(line) {
      if (draw === undefined) screen.write(`${line}\n`);
      else screen.write(`${goToTop()}${eraseBelow}${line}\n${draw()}`);
    },
    show(objectClasses) {
      const standings = new Map<string, Standing>(objectClasses.map((name) => [name, beginning]));
      const nameWidth = Math.max(0, ...objectClasses.map((name) => name.length));
      const { end } = paint((nowMs) =>
        [...standings].map(([name, standing]) => ({
          look: standing.phase,
          text: `${name.padEnd(nameWidth)}  ${describeStanding(standing, nowMs)}`.trimEnd(),
        })),
      );
      return {
        report(progress) {
          const standing = standings.get(progress.objectClass) ?? beginning;
          standings.set(progress.objectClass, advance(standing, progress, now()));
        },
        end,
      };
    },
    paint,
  };
}

const eraseToEnd = '\x1b[K';
const eraseBelow = '\x1b[J';

/** A sign and a blank stand before each line. */
const signWidth = 2;

const looks = {
  begins: ['reset', ' '],
  reading: ['cyan', '↓'],
  applying: ['cyan', '→'],
  comparing: ['cyan', '='],
  done: ['green', '✓'],
  blocked: ['yellow', '‖'],
  failed: ['red', '✗'],
} as const;

/** How long reading may go on without a line. */
const quietMs = 5_000;
/** Waits that are shorter are told with the next line that is due. */
const longWaitSeconds = 1;

function createPlainView(screen: Screen, { now }: ViewOptions): View {
  const say = (line: string) => void screen.write(`${line}\n`);
  return {
    isLive: false,
    say,
    show() {
      const saidAtMs = new Map<string, number>();
      const isDue = (progress: Progress) => {
        const key = `${progress.objectClass} ${progress.kind === 'waiting' ? 'waiting' : 'reading'}`;
        const sinceMs = now() - (saidAtMs.get(key) ?? Number.NEGATIVE_INFINITY);
        const isOften =
          progress.kind === 'read' || (progress.kind === 'waiting' && progress.seconds < longWaitSeconds);
        if (isOften && sinceMs < quietMs) return false;
        saidAtMs.set(key, now());
        return true;
      };
      return {
        report(progress) {
          const text = isDue(progress) ? describeEvent(progress) : undefined;
          if (text !== undefined) say(`${progress.objectClass}: ${plain(text)}`);
        },
        end() {},
      };
    },
    paint: () => ({ end() {} }),
  };
}

/** Texts of a server may hold anything; on a terminal they must be nothing but text on one line. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}

/** The text, or as much of it as fits into so many columns. */
function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) >= columns) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Columns that a text takes: letters of East Asian scripts and emoji take two, marks on a letter none. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(letter)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Minutes and seconds, such as 1:05. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
