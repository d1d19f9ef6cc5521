/** Why an entry is as it is, what came of it, and what a person can decide about it. */
import { useQuery } from '@tanstack/react-query';
import { RotateCcw, Wrench } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type {
  Reconciliation,
  ReconciliationEntryDetails,
} from '../../../../../src/http/schemas/reconciliations.ts';
import { entryQuery, resolveEntry } from '../../../data/reconciliation.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { KeyValueList } from '../../../kit/key-value-list.tsx';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { SidePanel } from '../../../kit/side-panel.tsx';
import { Loaded } from '../../../kit/states.tsx';
import { Badge } from '../../../kit/status-badge.tsx';
import { showFailure, showToast } from '../../../kit/toasts.tsx';
import { Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { EntryChanges } from './entry-changes.tsx';
import { Section } from './entry-section.tsx';
import { EntrySides, SideLink } from './entry-sides.tsx';
import { idleActions, outcomeOf, type Sides } from './words.ts';

const ResolveDialog = lazyPart(
  () => import('./resolve-dialog.tsx').then(({ ResolveDialog: part }) => part),
  true,
);

const permission = '/Syncline/Reconciliation/Launch';

type Props = Readonly<{ run: Reconciliation; sides: Sides; entryId: string; onClose: () => void }>;

export function EntryPanel({ run, sides, entryId, onClose }: Props) {
  const query = useQuery(entryQuery(run.reconciliationId, entryId));
  const [isResolving, setResolving] = useState(false);
  const entry = query.data;
  return (
    <>
      <SidePanel
        isOpen={!isResolving}
        onClose={onClose}
        title={entry ? titleOf(entry) : t('entry.title')}
        subtitle={entry && <Subtitle entry={entry} run={run} />}
        footer={
          entry?.isPresentMapping === true &&
          entry.source !== null && (
            <>
              <ReconcileOne run={run} entry={entry} />
              {canResolve(entry) && (
                <Button
                  look={isUndecided(entry) ? 'primary' : 'plain'}
                  icon={Wrench}
                  permission={permission}
                  onClick={() => setResolving(true)}
                >
                  {t('resolve.dots')}
                </Button>
              )}
            </>
          )
        }
      >
        <Loaded query={query} lines={10}>
          {(loaded) => <Details entry={loaded} run={run} sides={sides} />}
        </Loaded>
      </SidePanel>
      {isResolving && entry && (
        <ResolveDialog run={run} sides={sides} entry={entry} onClose={() => setResolving(false)} />
      )}
    </>
  );
}

function titleOf({ source, target }: ReconciliationEntryDetails): string {
  const named = source ?? target;
  return named?.name ?? named?.key ?? t('entry.title');
}

/** Whether there is anything to decide that a run would not do by itself. */
function canResolve({ situation, link, retry }: ReconciliationEntryDetails): boolean {
  return (
    situation === 'AMBIGUOUS' ||
    situation === 'FOUND_ALREADY_LINKED' ||
    situation === 'ABSENT' ||
    situation === 'MISSING' ||
    link !== null ||
    retry !== null
  );
}

/** Whether somebody has to decide, because runs come to the same again. */
function isUndecided({ situation, status }: ReconciliationEntryDetails): boolean {
  return situation === 'AMBIGUOUS' || situation === 'FOUND_ALREADY_LINKED' || status === 'failed';
}

function Subtitle({ entry, run }: Readonly<{ entry: ReconciliationEntryDetails; run: Reconciliation }>) {
  const { kind, words } = outcomeOf(entry, run);
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge kind={kind}>{words}</Badge>
      {entry.situation !== null && <span className="font-mono text-2xs">{entry.situation}</span>}
      {entry.qualifier !== '' && entry.qualifier !== 'default' && (
        <span className="text-2xs">{t('entry.qualifier', { qualifier: entry.qualifier })}</span>
      )}
    </span>
  );
}

function ReconcileOne({ run, entry }: Readonly<{ run: Reconciliation; entry: ReconciliationEntryDetails }>) {
  const reconcile = async () => {
    try {
      const { jobRunId } = await resolveEntry(run.reconciliationId, entry.entryId, { action: 'reconcile' });
      showToast({ kind: 'success', title: t('start.started', { number: jobRunId ?? 0 }) });
    } catch (error) {
      showFailure(t('start.failed'), error);
    }
  };
  return (
    <Button icon={RotateCcw} permission={permission} onClick={reconcile}>
      {t('entry.reconcile')}
    </Button>
  );
}

type DetailsProps = Readonly<{ entry: ReconciliationEntryDetails; run: Reconciliation; sides: Sides }>;

function Details({ entry, run, sides }: DetailsProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {entry.status === 'failed' && (
        <Banner kind="bad" title={t('entry.failed')}>
          <p className="break-words">{entry.message}</p>
          {entry.retry && <p className="mt-1">{t('entry.retried', { count: entry.retry.attempts })}</p>}
        </Banner>
      )}
      <Why entry={entry} run={run} sides={sides} />
      {entry.link !== null && <LinkNow entry={entry} />}
      {entry.changes && <EntryChanges entry={entry} isDryRun={run.isDryRun} />}
      <EntrySides entry={entry} sides={sides} />
    </div>
  );
}

function Why({ entry, run, sides }: DetailsProps) {
  const { situation, action, matchedOn, policy, message, status, matches } = entry;
  const items: [string, ReactNode][] = [];
  if (situation !== null) {
    items.push([
      t('entry.situation'),
      <>
        {t(`situation.${situation}`)}
        <span className="block text-muted">{t(`why.${entry.phase}.${situation}`, sides)}</span>
      </>,
    ]);
  }
  if (matchedOn) {
    items.push([
      t('entry.matchedOn'),
      <>
        {Object.entries(matchedOn.attributes).map(([attribute, value]) => (
          <span key={attribute} className="block break-words">
            <span className="font-mono text-[.8rem]">{attribute}</span> {t('entry.equals')}{' '}
            <span className="font-medium">{value}</span>
          </span>
        ))}
        <span className="block text-muted">{t('entry.rule', { place: matchedOn.rule })}</span>
      </>,
    ]);
  }
  if (matches.length > 0) {
    items.push([
      t('entry.candidates'),
      <ul key="candidates" className="grid gap-1">
        {matches.map(({ key, name, linkedTo }) => (
          <li key={key}>
            <SideLink set={entry.targetSet} objectKey={key}>
              {name ?? key}
            </SideLink>
            {linkedTo && (
              <span className="text-muted">
                {' '}
                {t('entry.linkedTo', { name: linkedTo.name ?? linkedTo.key })}
              </span>
            )}
          </li>
        ))}
      </ul>,
    ]);
  }
  if (action !== null) {
    items.push([
      t(run.isDryRun ? 'entry.wouldAction' : 'entry.action'),
      <>
        {t(`action.name.${action}`)}
        <span className="block text-muted">
          {t(`action.meaning.${action}`)} {deciderWords(policy)}
        </span>
      </>,
    ]);
  }
  if (message !== null && status !== 'failed') items.push([t('entries.message'), message]);
  if (
    action !== null &&
    !idleActions.has(action) &&
    status === 'succeeded' &&
    !run.isDryRun &&
    entry.changes === null
  ) {
    items.push([t('entry.came'), t('entry.nothingChanged')]);
  }
  return (
    <Section title={t('entry.why')}>
      <KeyValueList items={items} />
    </Section>
  );
}

function deciderWords(policy: ReconciliationEntryDetails['policy']): string {
  if (policy?.isDecidedByPerson) return t('entry.decidedByPerson');
  if (policy === null || policy.place === null) return t('entry.usualRule');
  const { place, condition } = policy;
  return condition === null
    ? t('entry.decidedBy', { place })
    : t('entry.decidedByCondition', { place, condition });
}

/** What the source resource belongs to by now, where that is not what the entry says. */
function LinkNow({ entry: { link, targetSet } }: Readonly<{ entry: ReconciliationEntryDetails }>) {
  if (link === null) return null;
  const { targetKey, targetName, linkedAt, linkedBy } = link;
  return (
    <Section title={t('entry.linkNow')}>
      <p>
        <SideLink set={targetSet} objectKey={targetKey}>
          {targetName ?? targetKey}
        </SideLink>
        <span className="text-muted">
          {' '}
          {linkedBy === null ? t('entry.linkedByRun') : t('entry.linkedBy', { who: linkedBy })}
          {', '}
          <Time value={linkedAt} />
        </span>
      </p>
      {targetName === null && <p className="text-muted">{t('entry.linkGone')}</p>}
    </Section>
  );
}
