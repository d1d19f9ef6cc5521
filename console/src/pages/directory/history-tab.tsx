/** What happened to an object and its links, newest first: from which value to which, when, and which run found it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { HistoryEntry } from '../../../../src/http/schemas/directory.ts';
import { historyQuery, type ResourceAddress } from '../../data/directory.ts';
import { Button } from '../../kit/button.tsx';
import { Rich } from '../../kit/rich.tsx';
import { choice, text, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { EmptyState, Loaded } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { plainValue } from './attribute-value.tsx';
import { ResourceLink } from './resource-link.tsx';

const fields = { what: choice(['', 'resource', 'link'], ''), after: text() };

export function HistoryTab({ address }: Readonly<{ address: ResourceAddress }>) {
  const [{ what, after }, change] = useSearchState(fields);
  const query = useQuery(historyQuery(address, { what, after }));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <CompactSelect
        label={t('history.filter')}
        className="w-72"
        value={what}
        onChange={(next) => change({ what: next ?? '', after: '' })}
        options={[
          { value: '', label: t('history.all') },
          { value: 'resource', label: t('history.attributes') },
          { value: 'link', label: t('history.linksFilter') },
        ]}
      />
      <Loaded query={query} lines={8}>
        {({ items, next }) =>
          items.length === 0 ? (
            <EmptyState title={t(what === '' ? 'history.none' : 'history.noneMatching')} />
          ) : (
            <div className="card grid gap-4 p-4">
              <Timeline address={address} items={items} />
              {(next !== null || after !== '') && (
                <div className="flex gap-2">
                  {after !== '' && (
                    <Button onClick={() => change({ after: '' })}>{t('history.newest')}</Button>
                  )}
                  {next !== null && (
                    <Button onClick={() => change({ after: next })}>{t('history.older')}</Button>
                  )}
                </div>
              )}
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

/** As many attributes of one change as are shown before the rest is unfolded. */
const mostShown = 6;

export function Timeline({
  address,
  items,
}: Readonly<{ address: ResourceAddress; items: readonly HistoryEntry[] }>) {
  return (
    <ol className="grid gap-4" aria-label={t('history.list')}>
      {items.map((entry) => {
        // What came with the object, and what went with it, is no change of each value.
        const changes = entry.kind === 'update' ? entry.attributes : [];
        const rest = changes.slice(mostShown);
        return (
          <li key={entry.changeNumber} className="border-s-2 border-line ps-3">
            <div className="text-2xs text-muted">
              <Time value={entry.at} />
            </div>
            <div className="break-words">
              <Sentence address={address} entry={entry} />
            </div>
            <Changes changes={changes.slice(0, mostShown)} />
            {rest.length > 0 && (
              <details>
                <summary className="link w-fit cursor-pointer">
                  {t('history.moreChanges', { count: rest.length })}
                </summary>
                <Changes changes={rest} />
              </details>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Changes({ changes }: Readonly<{ changes: HistoryEntry['attributes'] }>) {
  if (changes.length === 0) return null;
  return (
    <dl className="mt-1 grid gap-1">
      {changes.map(({ name, before, after }) => (
        <div key={name} className="flex flex-wrap items-baseline gap-x-2">
          <dt className="rounded border border-line bg-sunken px-1 font-mono text-2xs">{name}</dt>
          <dd className="min-w-0 break-words">
            <span className="sr-only">{t('history.before')}</span>{' '}
            <Side value={before}>
              <del className="text-bad">{plainValue(before)}</del>
            </Side>
            <ArrowRight aria-hidden size={13} className="mx-1.5 inline align-[-1px] text-muted" />
            <span className="sr-only">{t('history.after')}</span>{' '}
            <Side value={after}>
              <ins className="text-ok no-underline">{plainValue(after)}</ins>
            </Side>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Side({ value, children }: Readonly<{ value: unknown; children: ReactNode }>) {
  return value === undefined ? <span className="text-muted">{t('history.noValue')}</span> : children;
}

const namedLinks = ['members', 'owners', 'manager'] as const;

function Sentence({ address, entry }: Readonly<{ address: ResourceAddress; entry: HistoryEntry }>) {
  const { kind, link, runId, jobRunId, writer } = entry;
  const run = jobRunId ?? runId;
  const runPart = (inner: string) =>
    jobRunId === null ? (
      inner
    ) : (
      <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }} className="link">
        {inner}
      </Link>
    );
  const writerPart = (inner: string) =>
    writer?.kind === 'reconcile' ? (
      <Link to="/mappings/$name/mapping" params={{ name: writer.label }} className="link">
        {inner}
      </Link>
    ) : (
      inner
    );
  const writerWords = writer === null ? '' : t(`history.writer.${writer.kind}`, { label: writer.label });
  if (link === null || kind === 'seen' || kind === 'update') {
    return writer === null ? (
      <Rich text={t(`history.${kind}`, { run })} parts={{ run: runPart }} />
    ) : (
      <Rich text={t(`history.written.${kind}`, { writer: writerWords })} parts={{ writer: writerPart }} />
    );
  }
  const { association, direction, type, key, name } = link;
  const which = namedLinks.find((each) => association.endsWith(`.${each}`)) ?? 'other';
  const other = name ?? key;
  const otherPart = (inner: string) => (
    <ResourceLink connection={address.connection} type={type} id={key} name={inner} />
  );
  const text =
    writer === null
      ? t(`history.link.${kind}.${direction}.${which}`, { run, other, association })
      : t(`history.written.${kind}.${direction}.${which}`, { writer: writerWords, other, association });
  return <Rich text={text} parts={{ run: runPart, other: otherPart, writer: writerPart }} />;
}
