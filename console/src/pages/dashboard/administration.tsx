/** The Administration section: what an administrator turns to, each with one line of how it stands. */
import { Link, type LinkProps } from '@tanstack/react-router';
import { Cable, ChevronRight, FileCog, type LucideIcon, Play, ScrollText } from 'lucide-react';
import type { Dashboard } from '../../../../src/http/schemas/dashboard.ts';
import { Card } from '../../kit/card.tsx';
import { t } from '../../texts/dashboard.ts';

export function Administration({
  administration,
}: Readonly<{ administration: Dashboard['administration'] }>) {
  const { jobs, connectors, configuration, audit } = administration;
  return (
    <Card title={t('administration.title')}>
      <ul className="grid gap-1">
        {jobs && (
          <Entry
            icon={Play}
            title={t('administration.jobs')}
            note={t('administration.jobsNote', {
              blocked: jobs.blocked,
              running: jobs.running,
              queued: jobs.queued,
            })}
            to="/jobs"
          />
        )}
        {connectors && (
          <Entry
            icon={Cable}
            title={t('administration.connectors')}
            note={t('administration.connectorsNote', { count: connectors.count })}
            to="/connectors"
          />
        )}
        {configuration && (
          <Entry
            icon={FileCog}
            title={t('administration.configuration')}
            note={
              configuration.revision === null
                ? t('administration.noRevision')
                : t('administration.revision', { revision: configuration.revision })
            }
            to="/settings/configuration"
          />
        )}
        {audit && (
          <Entry
            icon={ScrollText}
            title={t('administration.audit')}
            note={t('administration.auditNote', { count: audit.today })}
            to="/audit"
          />
        )}
      </ul>
    </Card>
  );
}

function Entry({
  icon: Icon,
  title,
  note,
  ...target
}: Readonly<{ icon: LucideIcon; title: string; note: string }> & Pick<LinkProps, 'to'>) {
  return (
    <li>
      <Link
        {...target}
        className="-mx-2 flex items-center gap-x-3 rounded-lg px-2 py-2 text-text no-underline hover:bg-sunken"
      >
        <Icon aria-hidden size={16} className="shrink-0 text-muted" />
        <span className="flex-none">{title}</span>
        <span className="min-w-0 flex-1 text-end text-[.8rem] text-muted">{note}</span>
        <ChevronRight aria-hidden size={16} className="shrink-0 text-muted" />
      </Link>
    </li>
  );
}
