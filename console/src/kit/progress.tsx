/** How far something is. */
import { type ReactNode, useId } from 'react';

type Props = Readonly<{
  label: string;
  /** Nothing where it is only known that something goes on. */
  value: number | null;
  max?: number;
  text?: ReactNode;
}>;

/** A bar with its words. */
export function Progress({ label, value, max = 100, text }: Props) {
  const id = useId();
  const share = value === null || max <= 0 ? undefined : Math.min(1, Math.max(0, value / max));
  return (
    <div className="grid gap-1">
      <div className="flex justify-between gap-3 text-[.8rem]">
        <span id={id} className="font-medium">
          {label}
        </span>
        {text !== undefined && <span className="tabular-nums text-muted">{text}</span>}
      </div>
      <div
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={share === undefined ? undefined : (value ?? undefined)}
        className="relative h-2 overflow-hidden rounded-full border border-line bg-sunken"
      >
        <div
          className={`h-full rounded-full bg-accent transition-[width] ${share === undefined ? 'w-1/3 animate-pulse' : ''}`}
          style={share === undefined ? undefined : { width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
