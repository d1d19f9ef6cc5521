/** Four numbers that say how everything is doing; each leads to what it counts. */
import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowUpRight, Boxes, CircleX, type LucideIcon, Plug } from 'lucide-react';
import type { Dashboard } from '../../../../src/http/schemas/dashboard.ts';
import { formatCount } from '../../kit/formats.ts';
import { Sparkline } from '../../kit/sparkline.tsx';
import { t } from '../../texts/dashboard.ts';

type TileProps = Readonly<{
  icon: LucideIcon;
  title: string;
  value: string;
  note: string;
  tone?: 'text-ok' | 'text-hold' | 'text-bad' | 'text-accent';
  hours?: readonly number[];
}> &
  Pick<LinkProps, 'to' | 'search'>;

export function Tiles({ tiles }: Readonly<{ tiles: Dashboard['tiles'] }>) {
  const { integrations, objects, changes, failures } = tiles;
  const isWaiting = integrations.blocked + integrations.failing > 0;
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,15rem),1fr))] gap-4">
      <Tile
        icon={Plug}
        title={t('tile.integrations')}
        value={t('tile.integrationsOf', { healthy: integrations.healthy, total: integrations.total })}
        note={noteOf(integrations)}
        tone={isWaiting ? 'text-hold' : 'text-ok'}
        to="/integrations/entra-id"
      />
      <Tile
        icon={Boxes}
        title={t('tile.objects')}
        value={formatCount(objects)}
        note={t('tile.objectsNote', { count: integrations.total })}
        to="/directory"
      />
      <Tile
        icon={ArrowUpRight}
        title={t('tile.changes')}
        value={formatCount(changes.today)}
        note={compare(changes.today, changes.dayBefore)}
        hours={changes.hours}
        to="/jobs"
        search={{ tab: 'history', since: 'day' }}
      />
      {failures && (
        <Tile
          icon={CircleX}
          title={t('tile.failures')}
          value={formatCount(failures.today)}
          note={failures.today === 0 ? t('tile.failuresNote') : compare(failures.today, failures.dayBefore)}
          tone={failures.today === 0 ? 'text-ok' : 'text-bad'}
          hours={failures.hours}
          to="/jobs"
          search={{ tab: 'history', state: 'failed', since: 'day' }}
        />
      )}
    </div>
  );
}

function Tile({ icon: Icon, title, value, note, tone = 'text-accent', hours, ...target }: TileProps) {
  return (
    <Link
      {...target}
      className="card grid grid-cols-[minmax(0,1fr)] gap-1.5 p-4 text-text no-underline hover:bg-sunken"
    >
      <span className="flex items-center gap-2 text-muted">
        <Icon aria-hidden size={16} className={tone} />
        {title}
      </span>
      <span className="flex flex-wrap items-end justify-between gap-2">
        <span className="text-2xl font-semibold tabular-nums">{value}</span>
        {hours && <Sparkline values={hours} tone={tone === 'text-bad' ? 'bad' : 'accent'} />}
      </span>
      <span className="text-[.8667rem] text-muted">{note}</span>
    </Link>
  );
}

function noteOf({ blocked, failing, disabled, waiting }: Dashboard['tiles']['integrations']): string {
  const parts = [
    blocked > 0 && t('tile.blocked', { count: blocked }),
    failing > 0 && t('tile.failing', { count: failing }),
    waiting > 0 && t('tile.waiting', { count: waiting }),
    disabled > 0 && t('tile.disabled', { count: disabled }),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t('tile.allHealthy') : parts.join(', ');
}

function compare(today: number, dayBefore: number): string {
  if (today === dayBefore) return t('tile.same');
  if (dayBefore === 0) return t('tile.noneBefore');
  const share = Math.abs(today - dayBefore) / dayBefore;
  const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 }).format(
    share,
  );
  return t(today > dayBefore ? 'tile.more' : 'tile.less', { percent });
}
