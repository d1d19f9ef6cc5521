/** The lines of a log. There may be thousands, so that only those in sight are in the page; each has its place among all. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Link2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { LogLine } from '../../../../src/http/schemas/runs.ts';
import { t } from '../../texts/jobs.ts';

type Props = Readonly<{
  lines: readonly LogLine[];
  label: string;
  /** The number of the line that is pointed out; 0 where none is. */
  shown: number;
  isFollowing: boolean;
  isWrapped: boolean;
  /** Somebody scrolls up to read. */
  onLeave: () => void;
  onShow: (lineNumber: number) => void;
}>;

const lineHeight = 26;
const colours = { debug: 'text-muted', information: 'text-muted', warning: 'text-warn', error: 'text-bad' };
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export function LogLines({ lines, label, shown, isFollowing, isWrapped, onLeave, onShow }: Props) {
  const region = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => region.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]?.lineNumber ?? index,
    overscan: 20,
  });
  const last = lines.length - 1;
  useEffect(() => {
    if (isFollowing) rows.scrollToIndex(last, { align: 'end' });
  }, [isFollowing, last, rows]);
  const place = lines.findIndex(({ lineNumber }) => lineNumber === shown);
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'center' });
  }, [place, rows]);
  return (
    <section
      ref={region}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls by itself has to be reachable by keyboard.
      tabIndex={0}
      className="max-h-[28rem] overflow-auto py-1 font-mono text-[.8rem] leading-relaxed"
      onWheel={({ deltaY }) => deltaY < 0 && isFollowing && onLeave()}
      onKeyDown={({ key }) => isFollowing && ['ArrowUp', 'PageUp', 'Home'].includes(key) && onLeave()}
    >
      <ol className="relative w-full" style={{ height: `${rows.getTotalSize()}px` }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          return (
            line && (
              <li
                key={line.lineNumber}
                ref={rows.measureElement}
                data-index={index}
                aria-setsize={lines.length}
                aria-posinset={index + 1}
                aria-current={line.lineNumber === shown ? 'true' : undefined}
                className="group absolute inset-x-0 top-0 grid grid-cols-[auto_4.5rem_minmax(0,1fr)_auto] gap-x-3 px-4 py-0.5 aria-[current=true]:bg-accent-soft"
                style={{ transform: `translateY(${start}px)` }}
              >
                <time dateTime={line.loggedAt} title={line.loggedAt} className="text-muted">
                  {clock.format(new Date(line.loggedAt))}
                </time>
                <span className={colours[line.level]}>{t(`log.word.${line.level}`)}</span>
                <span
                  className={isWrapped ? 'whitespace-pre-wrap break-words' : 'overflow-x-clip whitespace-pre'}
                >
                  {line.message}
                </span>
                <button
                  type="button"
                  className="cursor-pointer rounded px-1 text-muted opacity-0 hover:text-text focus-visible:opacity-100 group-hover:opacity-100"
                  title={t('log.permalink')}
                  aria-label={t('log.permalink')}
                  onClick={() => onShow(line.lineNumber)}
                >
                  <Link2 aria-hidden size={14} />
                </button>
              </li>
            )
          );
        })}
      </ol>
    </section>
  );
}
