/** Bars of two parts over time, with marks for what explains a leap. Whoever shows it offers the same numbers as a table. */
import { type ReactNode, useEffect, useRef, useState } from 'react';

export type Bar = Readonly<{
  key: string;
  lower: number;
  upper: number;
  /** Under the bar, where there is room; every bar has one. */
  label: string;
  /** What is said of it when it is pointed at. */
  title: string;
}>;

export type Mark = Readonly<{
  key: string /** How far from the left, 0 to 1. */;
  at: number;
  kind: 'scan' | 'deploy';
  title: string;
}>;

type Props = Readonly<{
  bars: readonly Bar[];
  marks: readonly Mark[];
  /** The whole chart in a sentence. */
  label: string;
  formatValue: (value: number) => string;
  onSelect?: ((bar: Bar) => void) | undefined;
}>;

const height = 190;
const edges = { top: 18, bottom: 22, start: 52, end: 6 };
/** The least that a label under the bars needs. */
const labelWidth = 64;

export function StackedBars({ bars, marks, label, formatValue, onSelect }: Props) {
  const [frame, width] = useWidth();
  const inner = Math.max(40, width - edges.start - edges.end);
  const most = ceilingOf(Math.max(1, ...bars.map(({ lower, upper }) => lower + upper)));
  const y = (value: number) => height - edges.bottom - (value / most) * (height - edges.top - edges.bottom);
  const slot = inner / Math.max(1, bars.length);
  const every = Math.max(1, Math.ceil(labelWidth / slot));
  return (
    <div ref={frame} className="min-w-0">
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {[0, 1, 2, 3].map((line) => (
          <Line key={line} at={y((most * line) / 3)} width={width}>
            {formatValue(Math.round((most * line) / 3))}
          </Line>
        ))}
        {bars.map((bar, index) => {
          const x = edges.start + index * slot;
          const gap = Math.min(3, slot / 4);
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the table beside the chart has the same as links.
            <g
              key={bar.key}
              className={onSelect && 'cursor-pointer'}
              onClick={onSelect && (() => onSelect(bar))}
            >
              <title>{bar.title}</title>
              <rect
                x={x}
                y={edges.top}
                width={slot}
                height={height - edges.top - edges.bottom}
                fill="transparent"
              />
              <rect
                x={x + gap / 2}
                y={y(bar.lower)}
                width={Math.max(1, slot - gap)}
                height={y(0) - y(bar.lower)}
                className="fill-accent forced-colors:fill-[Highlight]"
              />
              <rect
                x={x + gap / 2}
                y={y(bar.lower + bar.upper)}
                width={Math.max(1, slot - gap)}
                height={y(0) - y(bar.upper)}
                className="fill-bad forced-colors:fill-[CanvasText]"
              />
              {index % every === 0 && (
                <text x={x} y={height - 6} className="fill-muted text-[.7rem]">
                  {bar.label}
                </text>
              )}
            </g>
          );
        })}
        {marks.map(({ key, at, kind, title }) => (
          <g key={key} className={kind === 'scan' ? 'fill-text' : 'fill-hold'}>
            <title>{title}</title>
            <path d={shapes[kind]} transform={`translate(${edges.start + at * inner} ${edges.top - 8})`} />
          </g>
        ))}
      </svg>
    </div>
  );
}

/** A triangle and a diamond: shapes, and not only colours, tell them apart. */
const shapes = { scan: 'M-5 -5 L5 -5 L0 4 Z', deploy: 'M0 -6 L6 0 L0 6 L-6 0 Z' } as const;

/** The mark of a kind by itself, for a legend. */
export function MarkShape({ kind }: Readonly<{ kind: Mark['kind'] }>) {
  return (
    <svg
      aria-hidden
      width={12}
      height={12}
      viewBox="-6 -6 12 12"
      className={kind === 'scan' ? 'fill-text' : 'fill-hold'}
    >
      <path d={shapes[kind]} />
    </svg>
  );
}

function Line({ at, width, children }: Readonly<{ at: number; width: number; children: ReactNode }>) {
  return (
    <>
      <line x1={edges.start} x2={width - edges.end} y1={at} y2={at} className="stroke-line" />
      <text x={edges.start - 8} y={at + 4} textAnchor="end" className="fill-muted text-[.7rem]">
        {children}
      </text>
    </>
  );
}

/** A round number above, of which a third is a whole one. */
function ceilingOf(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [0.3, 0.6, 0.9, 1.2, 1.5, 3, 6, 9, 12].find((each) => each * power >= value) ?? 12;
  return Math.max(3, Math.round(step * power));
}

/** The width that there is, as it changes. */
function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(240, Math.floor(entry.contentRect.width)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}
