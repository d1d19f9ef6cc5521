/** The outcome of each check of a test, such as Test Connection: it stays where the toast goes. */
import { type Status, StatusBadge } from './status-badge.tsx';

export type CheckOutcome = 'passed' | 'failed' | 'warning' | 'skipped' | 'running' | 'waiting';

export type Check = Readonly<{
  step: string;
  title: string;
  outcome: CheckOutcome;
  message: string;
  /** What to do about it. */
  remedy: string | null;
}>;

export function CheckList({ label, checks }: Readonly<{ label: string; checks: readonly Check[] }>) {
  return (
    <ol aria-label={label} className="grid gap-2.5">
      {checks.map(({ step, title, outcome, message, remedy }) => (
        <li key={`${step} ${title}`} className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-2">
          <span>
            <StatusBadge status={outcome satisfies Status} />
          </span>
          <div className="min-w-0 break-words text-[.8667rem]">
            <span className="font-medium">{title}</span>
            {message !== '' && <span className="block text-muted">{message}</span>}
            {remedy !== null && <span className="block">{remedy}</span>}
          </div>
        </li>
      ))}
    </ol>
  );
}
