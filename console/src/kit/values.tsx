/** Times, durations and counts, as the person likes them. */
import { usePreferences } from '../data/preferences.ts';
import { t } from '../texts/texts.ts';
import { formatDuration, formatExact, formatRelative, formatTime } from './formats.ts';

type TimeProps = Readonly<{
  /** ISO 8601; nothing where it has not happened. */
  value: string | null | undefined;
  /** The word where there is no time; a dash unless given. */
  none?: string;
  /** As in tiles, whatever the person likes elsewhere. */
  isRelative?: boolean;
}>;

/** A time in the person's zone; the exact time, here and in UTC, when pointed at. */
export function Time({ value, none = t('time.none'), isRelative = false }: TimeProps) {
  const { timeDisplay } = usePreferences();
  if (value === null || value === undefined) return <span className="text-muted">{none}</span>;
  const date = new Date(value);
  const shown =
    isRelative || timeDisplay === 'relative' ? formatRelative(date) : formatTime(date, timeDisplay === 'utc');
  return (
    <time dateTime={value} title={formatExact(date)}>
      {shown}
    </time>
  );
}

/** A length of time: 4 min 12 s. */
export function Duration({ ms }: Readonly<{ ms: number | null | undefined }>) {
  if (ms === null || ms === undefined) return <span className="text-muted">{t('time.none')}</span>;
  return <span className="tabular-nums">{formatDuration(ms)}</span>;
}

const numbers = new Intl.NumberFormat('en-GB');

/** A number with its thousands set apart. */
export function Count({
  value,
  isExact = true,
}: Readonly<{ value: number | null | undefined; isExact?: boolean }>) {
  if (value === null || value === undefined) return <span className="text-muted">{t('time.none')}</span>;
  const text = numbers.format(value);
  return <span className="tabular-nums">{isExact ? text : t('table.atLeast', { total: text })}</span>;
}
