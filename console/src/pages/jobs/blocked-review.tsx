/** What a blocked run holds back: against which limits, what strikes about it, and every change of it. */
import { useQuery } from '@tanstack/react-query';
import type { Block, RunBlock, RunDetails } from '../../../../src/http/schemas/runs.ts';
import { blockedQuery } from '../../data/jobs.ts';
import { useMay } from '../../data/session.ts';
import { Banner } from '../../kit/banner.tsx';
import { Card } from '../../kit/card.tsx';
import { text, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { BlockedChanges } from './blocked-changes.tsx';
import { GuardTable } from './guard-table.tsx';

const fields = { connection: text() };

export function BlockedReview({ run, blocks }: Readonly<{ run: RunDetails; blocks: readonly RunBlock[] }>) {
  const [{ connection }, change] = useSearchState(fields);
  const block = blocks.find((each) => each.connection === connection) ?? blocks[0];
  if (!block) return null;
  return (
    <>
      <Banner kind="hold" isAnnounced={false} title={t('blocked.title')}>
        <p>{t('blocked.text', { connections: blocks.map((each) => each.connection).join(', ') })}</p>
        <ul className="mt-1 list-disc ps-5">
          {block.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        <p className="mt-1 text-muted">
          <Time value={block.blockedAt} />
        </p>
      </Banner>
      {blocks.length > 1 && (
        <CompactSelect
          label={t('blocked.connection')}
          className="w-72"
          value={block.connection}
          onChange={(next) => change({ connection: next ?? '' })}
          options={blocks.map((each) => ({ value: each.connection, label: each.connection }))}
        />
      )}
      <BlockDetails key={`${run.jobRunId} ${block.connection}`} connection={block.connection} />
    </>
  );
}

function BlockDetails({ connection }: Readonly<{ connection: string }>) {
  const maySee = useMay(`/Custom/ResourceChanges/${connection}`);
  const query = useQuery({ ...blockedQuery(connection), enabled: maySee });
  if (!maySee) return <Banner kind="info" title={t('error.notAllowed')} />;
  return (
    <Loaded query={query} lines={6}>
      {(block) => (
        <>
          <Hints block={block} />
          {block.measures.length > 0 && (
            <Card title={t('blocked.guards')} isFlush>
              <GuardTable measures={block.measures} />
            </Card>
          )}
          <BlockedChanges connection={connection} block={block} />
        </>
      )}
    </Loaded>
  );
}

function Hints({ block: { hints } }: Readonly<{ block: Block }>) {
  if (hints.length === 0) return null;
  return (
    <Banner kind="warn" title={t('blocked.hints')}>
      <ul className="list-disc ps-5">
        {hints.map(({ kind, objectClass, count, attribute }) => (
          <li key={`${kind} ${objectClass}`}>
            {t(`blocked.hint.${kind}`, { objectClass, count, attribute: attribute ?? '' })}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
