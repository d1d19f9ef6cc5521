/** How much changed over time, as bars and as a table, with what explains its leaps. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ChangeSeries } from '../../../../src/http/schemas/dashboard.ts';
import { changesQuery, type Span } from '../../data/dashboard.ts';
import { usePreferences } from '../../data/preferences.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { formatCount, formatTime, zone } from '../../kit/formats.ts';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { choice, flag, text, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { MarkShape, StackedBars } from '../../kit/stacked-bars.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/dashboard.ts';

const fields = { span: choice(['day', 'week', 'month'], 'day'), tenant: text(), table: flag() };

export function ChangesChart({ tenants }: Readonly<{ tenants: readonly string[] }>) {
  const [{ span, tenant, table }, change] = useSearchState(fields);
  const { timeDisplay } = usePreferences();
  const timeZone = timeDisplay === 'utc' ? 'UTC' : zone;
  // Where it is clear whose changes they are, each bar leads to the runs that made them.
  const own = tenant === '' && tenants.length === 1 ? tenants[0] : tenant || undefined;
  const query = useQuery(changesQuery(span, tenant, timeZone));
  return (
    <Card
      title={t('chart.title')}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          {tenants.length > 1 && (
            <CompactSelect
              label={t('chart.tenant')}
              className="w-52"
              value={tenant}
              onChange={(next) => change({ tenant: next ?? '' })}
              options={[
                { value: '', label: t('chart.allTenants') },
                ...tenants.map((name) => ({ value: name, label: name })),
              ]}
            />
          )}
          <CompactSelect
            label={t('chart.span')}
            value={span}
            onChange={(next) => change({ span: next ?? 'day' })}
            options={[
              { value: 'day', label: t('chart.day') },
              { value: 'week', label: t('chart.week') },
              { value: 'month', label: t('chart.month') },
            ]}
          />
          <Button look="ghost" onClick={() => change({ table: !table })}>
            {t(table ? 'chart.asChart' : 'chart.asTable')}
          </Button>
        </div>
      }
    >
      <Loaded query={query} lines={6}>
        {(series) =>
          table ? (
            <SeriesTable series={series} tenant={own} />
          ) : (
            <Bars series={series} span={span} timeZone={timeZone} tenant={own} />
          )
        }
      </Loaded>
    </Card>
  );
}

type BarsProps = Readonly<{
  series: ChangeSeries;
  span: Span;
  timeZone: string;
  tenant: string | undefined;
}>;

function Bars({ series: { series, markers, from, to, bucket }, span, timeZone, tenant }: BarsProps) {
  const navigate = useNavigate();
  const isUtc = timeZone === 'UTC';
  const short = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...(span === 'day' ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }),
  });
  const words = (at: string) => formatTime(new Date(at), isUtc);
  const bars = series.map(({ at, inserted, updated, deleted }) => ({
    key: at,
    lower: inserted + updated,
    upper: deleted,
    label: short.format(new Date(at)),
    title: t('chart.bar', {
      at: words(at),
      changed: formatCount(inserted + updated),
      deleted: formatCount(deleted),
    }),
  }));
  const begin = Date.parse(series[0]?.at ?? from);
  const lengthMs = Date.parse(to) - begin;
  const marks = markers.map(({ at, kind, subject }, index) => ({
    key: `${at} ${kind} ${index}`,
    at: Math.min(1, Math.max(0, (Date.parse(at) - begin) / lengthMs)),
    kind: kind === 'full-scan' ? ('scan' as const) : ('deploy' as const),
    title: t(kind === 'full-scan' ? 'chart.markFull' : 'chart.markConfiguration', { at: words(at), subject }),
  }));
  return (
    <>
      <StackedBars
        bars={bars}
        marks={marks}
        label={describe(series, bucket, words)}
        formatValue={formatCount}
        onSelect={
          tenant === undefined ? undefined : ({ key }) => void navigate(runsOf(tenant, key, series, to))
        }
      />
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[.8rem] text-muted">
        <li className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-sm bg-accent forced-colors:bg-[Highlight]" />
          {t('chart.changed')}
        </li>
        <li className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-sm bg-bad forced-colors:bg-[CanvasText]" />
          {t('chart.deleted')}
        </li>
        {markers.some(({ kind }) => kind === 'full-scan') && (
          <li className="flex items-center gap-1.5">
            <MarkShape kind="scan" />
            {t('chart.fullScan')}
          </li>
        )}
        {markers.some(({ kind }) => kind === 'configuration') && (
          <li className="flex items-center gap-1.5">
            <MarkShape kind="deploy" />
            {t('chart.configuration')}
          </li>
        )}
      </ul>
    </>
  );
}

function describe(
  series: ChangeSeries['series'],
  bucket: ChangeSeries['bucket'],
  words: (at: string) => string,
): string {
  const changesOf = ({ inserted, updated, deleted }: ChangeSeries['series'][number]) =>
    inserted + updated + deleted;
  const busiest = series.toSorted((one, other) => changesOf(other) - changesOf(one))[0];
  if (busiest === undefined || changesOf(busiest) === 0) return t('chart.nothing');
  return t('chart.sentence', {
    changed: formatCount(series.reduce((sum, { inserted, updated }) => sum + inserted + updated, 0)),
    deleted: formatCount(series.reduce((sum, { deleted }) => sum + deleted, 0)),
    most: formatCount(changesOf(busiest)),
    bucket,
    at: words(busiest.at),
  });
}

/** The history of a tenant in one hour or day. */
function runsOf(name: string, at: string, series: ChangeSeries['series'], end: string) {
  const next = series[series.findIndex((one) => one.at === at) + 1]?.at ?? end;
  return {
    to: '/integrations/entra-id/$name',
    params: { name },
    search: { tab: 'history', from: at, to: next },
  } as const;
}

function SeriesTable({
  series: { series, to },
  tenant,
}: Readonly<{ series: ChangeSeries; tenant: string | undefined }>) {
  return (
    <ScrollRegion label={t('chart.title')} className="max-h-96">
      <table className="grid-table min-w-[36rem]" aria-label={t('chart.title')}>
        <thead>
          <tr>
            <th scope="col">{t('chart.begin')}</th>
            <th scope="col" className="n">
              {t('chart.inserted')}
            </th>
            <th scope="col" className="n">
              {t('chart.updated')}
            </th>
            <th scope="col" className="n">
              {t('chart.deleted')}
            </th>
            <th scope="col" className="n">
              {t('chart.links')}
            </th>
          </tr>
        </thead>
        <tbody>
          {series.toReversed().map(({ at, inserted, updated, deleted, links }) => (
            <tr key={at}>
              <td>
                {tenant === undefined ? (
                  <Time value={at} />
                ) : (
                  <Link className="link" {...runsOf(tenant, at, series, to)}>
                    <Time value={at} />
                  </Link>
                )}
              </td>
              <td className="n">{formatCount(inserted)}</td>
              <td className="n">{formatCount(updated)}</td>
              <td className="n">{formatCount(deleted)}</td>
              <td className="n">{formatCount(links)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
