/** One connection: entity types with their cookies, jobs, and limits beside what runs really changed. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Connector } from '../../../../src/http/schemas/connectors.ts';
import { Banner } from '../../kit/banner.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/connectors.ts';

export function ConnectorDetails({ connector }: Readonly<{ connector: Connector }>) {
  const { name, origin, problem, block, entityTypes, jobs, limits, measuredRuns } = connector;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {problem !== null && <Banner kind="bad" title={problem} />}
      {block !== null && (
        <Banner kind="hold" title={t('connectors.reasons')}>
          <ul className="grid list-disc gap-0.5 ps-4">
            {block.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Banner>
      )}
      {origin !== 'configuration' && problem === null && (
        <div className="flex flex-wrap gap-2">
          <Link to="/integrations/entra-id/$name" params={{ name }} className="btn">
            {t('connectors.toTenant')}
          </Link>
          {origin === 'console' && (
            <Link
              to="/integrations/entra-id/$name"
              params={{ name }}
              search={{ tab: 'entity-types' }}
              className="btn"
            >
              {t('connectors.toEntityTypes')}
            </Link>
          )}
        </div>
      )}
      <Part title={t('connectors.entityTypes')}>
        <List label={t('connectors.entityTypes')}>
          {entityTypes.map((type) => (
            <Line
              key={type.name}
              title={type.name}
              details={[
                t('connectors.attributeCount', { count: type.attributeCount }),
                ...(type.resourceCount === null
                  ? []
                  : [t('connectors.objectCount', { count: type.resourceCount })]),
                ...(type.links.length === 0
                  ? []
                  : [
                      t('connectors.linkCount', { count: type.linkCount ?? 0, names: type.links.join(', ') }),
                    ]),
                ...(type.filter === null ? [] : [t('connectors.filter', { filter: type.filter })]),
              ].join(' · ')}
            >
              {type.isFullReadNext && type.cookieAt !== null ? (
                <Badge kind="warning">{t('connectors.fullNext')}</Badge>
              ) : (
                <Time value={type.cookieAt} none={t('connectors.notRead')} />
              )}
            </Line>
          ))}
        </List>
      </Part>
      <Part title={t('connectors.jobs')}>
        {jobs.length === 0 ? (
          <p className="text-muted">{t('connectors.noJobs')}</p>
        ) : (
          <List label={t('connectors.jobs')}>
            {jobs.map((job) => (
              <Line
                key={job.identifier}
                title={
                  <Link to="/jobs/$identifier" params={{ identifier: job.identifier }} className="link">
                    {job.displayName}
                  </Link>
                }
                details={job.isIncremental ? t('connectors.incremental') : t('connectors.complete')}
              >
                {job.isEnabled ? (
                  <Time value={job.nextRunAt} />
                ) : (
                  <Badge kind="off">{t('connectors.off')}</Badge>
                )}
              </Line>
            ))}
          </List>
        )}
      </Part>
      <Part title={t('connectors.guards')}>
        {limits.length === 0 ? (
          <p className="text-muted">{t('connectors.noGuards')}</p>
        ) : (
          <>
            <p className="mb-2 text-muted">{t('connectors.guardsHint', { runs: measuredRuns })}</p>
            <Grid
              label={t('connectors.guards')}
              titles={[
                t('connectors.scope'),
                t('connectors.limit'),
                t('connectors.allowed'),
                t('connectors.most'),
                t('connectors.exceeded'),
              ]}
              rows={limits.map(({ what, objectClass, limit, allowed, most, exceededRuns }) => [
                objectClass ?? t(`connectors.scope.${what}`),
                t(`connectors.limit.${limit}`),
                <Count key="allowed" value={allowed} />,
                <Count key="most" value={most} />,
                exceededRuns > 0 ? (
                  <Badge key="exceeded" kind="warning">
                    {t('connectors.exceededRuns', { count: exceededRuns })}
                  </Badge>
                ) : (
                  t('connectors.exceededRuns', { count: 0 })
                ),
              ])}
            />
          </>
        )}
      </Part>
    </div>
  );
}

function Part({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function List({ label, children }: Readonly<{ label: string; children: ReactNode }>) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line">
      {children}
    </ul>
  );
}

function Line({
  title,
  details,
  children,
}: Readonly<{ title: ReactNode; details: string; children: ReactNode }>) {
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-3 py-2">
      <div className="min-w-0">
        <div className="break-words font-medium">{title}</div>
        <div className="break-words text-[.8rem] text-muted">{details}</div>
      </div>
      <div className="text-[.8667rem]">{children}</div>
    </li>
  );
}

function Grid({
  label,
  titles,
  rows,
}: Readonly<{ label: string; titles: readonly string[]; rows: readonly (readonly ReactNode[])[] }>) {
  return (
    <ScrollRegion label={label} className="rounded-lg border border-line">
      <table className="grid-table" aria-label={label}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer stay in their order.
            <tr key={row}>
              {cells.map((cell, index) => (
                <td key={titles[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
