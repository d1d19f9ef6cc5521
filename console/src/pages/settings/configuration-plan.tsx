/** A plan for people: mistakes by their places, or the changes with what they mean and the lines that differ. */
import type {
  ConfigurationChange,
  ConfigurationMistake,
  ConfigurationPlan,
} from '../../../../src/http/schemas/configuration.ts';
import { Banner } from '../../kit/banner.tsx';
import { Card } from '../../kit/card.tsx';
import { formatTime } from '../../kit/formats.ts';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/configuration.ts';
import { FileDifferences } from './configuration-differences.tsx';

export function PlanView({ plan }: Readonly<{ plan: ConfigurationPlan }>) {
  const { mistakes, warnings, changes, files } = plan;
  return (
    <>
      {mistakes.length > 0 && (
        <Card title={t('configuration.mistakes', { count: mistakes.length })} isFlush>
          <Places places={mistakes} label={t('configuration.mistakes', { count: mistakes.length })} />
        </Card>
      )}
      {mistakes.length === 0 && changes.length === 0 && (
        <Banner kind="info" title={t('configuration.same')} />
      )}
      {changes.length > 0 && (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
            <Meaning plan={plan} />
            <Card title={t('configuration.changeCount', { count: changes.length })} isFlush>
              <ScrollRegion label={t('configuration.changes')} className="max-h-[40rem]">
                <ul>
                  {changes.map((change) => (
                    <Change key={`${change.operation} ${change.kind} ${change.identifier}`} change={change} />
                  ))}
                </ul>
              </ScrollRegion>
            </Card>
          </div>
          <FileDifferences files={files} isCut={plan.isCut} />
        </div>
      )}
      {warnings.length > 0 && (
        <Card title={t('configuration.warnings', { count: warnings.length })} isFlush>
          <Places places={warnings} label={t('configuration.warnings', { count: warnings.length })} />
        </Card>
      )}
    </>
  );
}

function Places({ places, label }: Readonly<{ places: readonly ConfigurationMistake[]; label: string }>) {
  return (
    <ScrollRegion label={label} className="max-h-96">
      <ul className="divide-y divide-line">
        {places.map(({ file, line, column, message }) => (
          <li key={`${file} ${line} ${column} ${message}`} className="grid gap-0.5 px-4 py-2">
            {file !== null && (
              <span className="font-mono text-2xs text-muted">{[file, line, column].join(':')}</span>
            )}
            <span className="break-words">{message}</span>
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}

/** What the changes lead to. */
function Meaning({ plan }: Readonly<{ plan: ConfigurationPlan }>) {
  const { loosenedGuards, lostLinks, schedules, rereads, grants } = plan;
  return (
    <>
      {loosenedGuards.length > 0 && (
        <Banner kind="hold" title={t('configuration.guards')}>
          <p className="mb-1">{t('configuration.guardsHint')}</p>
          <Sentences
            sentences={loosenedGuards.map(({ connector, scope, limit, before, after }) =>
              t('configuration.guard', {
                scope: scopeText(connector, scope),
                limit: t(`configuration.limit.${limit}`),
                before,
                after: after === 0 ? t('configuration.noLimit') : String(after),
              }),
            )}
          />
        </Banner>
      )}
      {lostLinks.length > 0 && (
        <Banner kind="hold" title={t('configuration.lostLinks')}>
          <p className="mb-1">{t('configuration.lostLinksHint')}</p>
          <Sentences
            sentences={lostLinks.map(({ mapping, links }) => t('configuration.lostLink', { mapping, links }))}
          />
        </Banner>
      )}
      {grants.length > 0 && (
        <Banner kind="warn" title={t('configuration.grants')}>
          <Sentences
            sentences={grants.map(({ client, permissions }) =>
              t('configuration.grant', { client, permissions: permissions.join(', ') }),
            )}
          />
        </Banner>
      )}
      {schedules.length > 0 && (
        <Banner kind="info" title={t('configuration.schedules')}>
          <Sentences sentences={schedules.map(scheduleText)} />
        </Banner>
      )}
      {rereads.length > 0 && (
        <Banner kind="info" title={t('configuration.rereads')}>
          <Sentences
            sentences={rereads.map(({ connection, entityTypes }) =>
              t('configuration.reread', { connection, types: entityTypes.join(', ') }),
            )}
          />
        </Banner>
      )}
    </>
  );
}

function Sentences({ sentences }: Readonly<{ sentences: readonly string[] }>) {
  return (
    <ul className="grid list-disc gap-0.5 ps-4">
      {sentences.map((sentence) => (
        <li key={sentence} className="break-words">
          {sentence}
        </li>
      ))}
    </ul>
  );
}

function scopeText(connector: string, scope: string): string {
  if (scope === 'resources' || scope === 'links') return t(`configuration.scope.${scope}`, { connector });
  return t('configuration.scope.other', { connector, scope });
}

function scheduleText({ job, before, after, nextRuns }: ConfigurationPlan['schedules'][number]): string {
  const none = t('configuration.noSchedule');
  const change = t('configuration.schedule', { job, before: before ?? none, after: after ?? none });
  if (nextRuns.length === 0) return change;
  const times = nextRuns.map((at) => formatTime(new Date(at), false)).join(', ');
  return `${change}. ${t('configuration.nextRuns', { times })}`;
}

const kinds = { added: 'succeeded', changed: 'off', removed: 'failed' } as const;

function Change({ change }: Readonly<{ change: ConfigurationChange }>) {
  const { operation, kind, identifier, origin, isLoosened, details } = change;
  return (
    <li className="grid gap-1 border-b border-line px-4 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-2">
        <Badge kind={kinds[operation]}>{t(`configuration.${operation}`)}</Badge>
        {isLoosened && <Badge kind="blocked">{t('configuration.loosened')}</Badge>}
        <span className="min-w-0 break-words font-medium">{identifier}</span>
        <span className="text-muted">{kind}</span>
        {origin !== null && (
          <span className="text-2xs text-muted">{t('configuration.madeBy', { origin })}</span>
        )}
      </div>
      {details.length > 0 && (
        <ul className="grid gap-0.5 text-[.8rem] text-muted">
          {details.map((detail) => (
            <li key={JSON.stringify(detail)} className="break-words">
              {detailText(detail)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function detailText({
  operation,
  place,
  attribute,
  before,
  after,
}: ConfigurationChange['details'][number]): string {
  const where = [place, attribute].filter((part) => part !== null && part !== '').join(', ');
  if (operation !== 'changed') {
    const word = t(`configuration.${operation}`);
    return where === '' ? word : `${word}: ${where}`;
  }
  if (attribute === 'HashedSecret') return `${where}: ${t('configuration.hiddenChange')}`;
  const none = t('configuration.default');
  return `${where}: ${t('configuration.fromTo', { before: before ?? none, after: after ?? none })}`;
}
