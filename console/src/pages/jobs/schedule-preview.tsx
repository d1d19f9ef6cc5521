/** What a schedule means while it is typed: the sentence, the next five runs with what the clocks do, and what may not be meant. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { SchedulePreview as Preview } from '../../../../src/http/schemas/jobs.ts';
import { previewQuery } from '../../data/jobs.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/jobs.ts';

const pauseMs = 200;

type Props = Readonly<{
  schedule: string;
  timeZone: string;
  /** Whose runs are held against the pace. */
  job: string;
  /** Takes over what is likely to be meant. */
  onUse: (schedule: string) => void;
}>;

export function SchedulePreview({ schedule, timeZone, job, onUse }: Props) {
  const settled = useSettled(`${timeZone}\n${schedule}`);
  const [zone = '', expression = ''] = settled.split('\n');
  const query = useQuery(previewQuery({ schedule: expression, timeZone: zone, job }));
  return (
    <section className="grid gap-3" aria-label={t('editor.preview')} aria-live="polite">
      <Loaded query={query} lines={6}>
        {(preview) =>
          preview.kind === 'refused' ? (
            <Refused preview={preview} expression={expression} />
          ) : (
            <Meaning preview={preview} onUse={onUse} />
          )
        }
      </Loaded>
    </section>
  );
}

function Refused({
  preview: { reason, position },
  expression,
}: Readonly<{ preview: Extract<Preview, { kind: 'refused' }>; expression: string }>) {
  return (
    <Banner kind="bad" title={reason}>
      {position && (
        <code className="break-all rounded bg-surface px-1.5 py-0.5 font-mono">
          {expression.slice(0, position.from)}
          <mark className="rounded bg-bad-soft font-semibold text-bad underline decoration-wavy">
            {expression.slice(position.from, position.to)}
          </mark>
          {expression.slice(position.to)}
        </code>
      )}
    </Banner>
  );
}

function Meaning({
  preview: { sentence, next, warnings, timeZone },
  onUse,
}: Readonly<{ preview: Extract<Preview, { kind: 'schedule' }>; onUse: (schedule: string) => void }>) {
  return (
    <>
      <div className="rounded-lg border border-line bg-sunken p-4">
        <p className="font-semibold first-letter:uppercase">{sentence}</p>
        {next.length === 0 ? (
          <p className="mt-2 text-muted">{t('editor.noNext')}</p>
        ) : (
          <ScrollRegion label={t('editor.next')} className="mt-2">
            <table className="text-[.8667rem] tabular-nums">
              <caption className="sr-only">{t('editor.next')}</caption>
              <thead className="text-start text-[.8rem] text-muted">
                <tr>
                  <th scope="col" className="pe-6 text-start font-medium">
                    {t('editor.zoned', { zone: timeZone })}
                  </th>
                  {timeZone !== 'UTC' && (
                    <th scope="col" className="pe-6 text-start font-medium">
                      {t('editor.utc')}
                    </th>
                  )}
                  <th scope="col">
                    <span className="sr-only">{t('editor.preview')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {next.map(({ at, local, mark }) => (
                  <tr key={at}>
                    <td className="py-0.5 pe-6">{local.slice(0, 19).replace('T', ' ')}</td>
                    {timeZone !== 'UTC' && (
                      <td className="py-0.5 pe-6 text-muted">{at.slice(0, 19).replace('T', ' ')}</td>
                    )}
                    <td>{mark && <Badge kind="warning">{t(`editor.mark.${mark}`)}</Badge>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        )}
      </div>
      {warnings.map(({ kind, sentence: warning, suggestion }) => (
        <Banner
          key={kind}
          kind="warn"
          title={warning}
          actions={
            suggestion && (
              <Button onClick={() => onUse(suggestion.schedule)}>
                {t('editor.use', { sentence: suggestion.sentence })}
              </Button>
            )
          }
        >
          {suggestion && (
            <>
              {t('editor.insteadUse', { sentence: suggestion.sentence })}{' '}
              <code className="rounded bg-surface px-1.5 py-0.5 font-mono">{suggestion.schedule}</code>
            </>
          )}
        </Banner>
      ))}
    </>
  );
}

/** A text that changes only after it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
