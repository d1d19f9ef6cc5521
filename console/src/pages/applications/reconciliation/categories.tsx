/** What a run found, in categories that have no entry in common; each opens its entries, and so does each situation in it. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { causesQuery } from '../../../data/reconciliation.ts';
import { Card } from '../../../kit/card.tsx';
import { formatCount } from '../../../kit/formats.ts';
import { text, useSearchState } from '../../../kit/search-state.ts';
import { t } from '../../../texts/reconciliation.ts';
import {
  type Category,
  categoryNames,
  categoryWords,
  isDone,
  type Sides,
  type Situation,
  situationsOf,
} from './words.ts';

const fields = { category: text(), situation: text(), page: text('1'), q: text() };
const firstPage = { page: '1', q: '' };

const edges: Readonly<Record<Category | 'failed', string>> = {
  'one-to-one': 'bg-ok',
  unresolved: 'bg-accent',
  conflicting: 'bg-hold',
  'no-source': 'bg-warn',
  ignored: 'bg-edge',
  other: 'bg-edge',
  failed: 'bg-bad',
};

export function Categories({ run, sides }: Readonly<{ run: Reconciliation; sides: Sides }>) {
  const [{ category: chosen }, change] = useSearchState(fields);
  const open = (category: string) => change({ category, situation: '', ...firstPage });
  return (
    <Card
      title={t('categories.title')}
      actions={
        chosen !== '' && (
          <button type="button" className="link text-[.8667rem]" onClick={() => open('')}>
            {t('categories.all')}
          </button>
        )
      }
    >
      <ul className="-m-2 grid gap-1">
        {categoryNames.map((category) => (
          <OneCategory
            key={category}
            run={run}
            category={category}
            label={categoryWords(category, sides)}
            isOpen={chosen === category}
            onOpen={() => open(chosen === category ? '' : category)}
          />
        ))}
        <li>
          <CategoryButton
            edge={edges.failed}
            label={t('category.failed')}
            hint={<FailedHint run={run} />}
            count={run.failed}
            isOpen={chosen === 'failed'}
            onOpen={() => open(chosen === 'failed' ? '' : 'failed')}
          />
        </li>
      </ul>
      <p className="mt-4 flex justify-between border-t border-line pt-3 text-[.8667rem]">
        <span className="text-muted">{t('categories.total')}</span>
        <span className="font-semibold tabular-nums">{formatCount(run.total)}</span>
      </p>
      {!run.isFailedApart && run.failed > 0 && (
        <p className="mt-2 text-2xs text-muted">{t('categories.failedWithin')}</p>
      )}
    </Card>
  );
}

/** How many there are of a situation without the failed ones, which are counted on their own. */
function countOf({ situations, isFailedApart }: Reconciliation, situation: Situation): number {
  const found = situations.find((one) => one.situation === situation);
  return found === undefined ? 0 : found.count - (isFailedApart ? found.failed : 0);
}

function OneCategory({
  run,
  category,
  label,
  isOpen,
  onOpen,
}: Readonly<{
  run: Reconciliation;
  category: Category;
  label: string;
  isOpen: boolean;
  onOpen: () => void;
}>) {
  const [{ situation: chosen }, change] = useSearchState(fields);
  const there = situationsOf[category].filter((situation) => countOf(run, situation) > 0);
  return (
    <li>
      <CategoryButton
        edge={edges[category]}
        label={label}
        hint={
          there.length === 0 ? situationsOf[category].join(', ') : <Effect run={run} situations={there} />
        }
        count={run.categories[category]}
        isOpen={isOpen}
        onOpen={onOpen}
      />
      {isOpen && there.length > 0 && (
        <ul className="grid gap-0.5 py-1 ps-6 pe-2" aria-label={t('categories.within', { category: label })}>
          {there.map((situation) => (
            <li key={situation}>
              <button
                type="button"
                aria-pressed={chosen === situation}
                className="flex w-full cursor-pointer items-baseline justify-between gap-3 rounded-lg px-2 py-1 text-start text-[.8667rem] hover:bg-sunken aria-pressed:bg-accent-soft"
                onClick={() =>
                  change({ situation: chosen === situation ? '' : situation, category, ...firstPage })
                }
              >
                <span>
                  {t(`situation.${situation}`)}{' '}
                  <span className="font-mono text-2xs text-muted">{situation}</span>
                </span>
                <span className="tabular-nums">{formatCount(countOf(run, situation))}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What was done with those of a category, where something was. */
function Effect({ run, situations }: Readonly<{ run: Reconciliation; situations: readonly Situation[] }>) {
  const words = situations.join(', ');
  const { created } = run.counts.target;
  if (!situations.some((one) => one === 'ABSENT' || one === 'MISSING') || created === 0) return words;
  return (
    <>
      {words}
      {': '}
      {t(isDone(run) ? 'categories.created' : 'categories.wouldCreate', { count: created })}
    </>
  );
}

function FailedHint({ run }: Readonly<{ run: Reconciliation }>) {
  const { data } = useQuery({
    ...causesQuery(run.reconciliationId),
    enabled: run.failed > 0 && run.hasEntries,
  });
  const [first] = data?.items ?? [];
  if (run.failed === 0 || first === undefined) return t('category.failedHint');
  if (data?.items.length === 1) return t('category.failedOne', { count: first.count });
  return t('category.failedSome', { count: first.count });
}

function CategoryButton({
  edge,
  label,
  hint,
  count,
  isOpen,
  onOpen,
}: Readonly<{
  edge: string;
  label: string;
  hint: ReactNode;
  count: number;
  isOpen: boolean;
  onOpen: () => void;
}>) {
  const hintId = useId();
  return (
    <button
      type="button"
      aria-pressed={isOpen}
      aria-describedby={hintId}
      className="flex w-full cursor-pointer items-center gap-3 rounded-lg px-2 py-2 text-start hover:bg-sunken aria-pressed:bg-accent-soft"
      onClick={onOpen}
    >
      <span aria-hidden className={`w-1 self-stretch rounded-full ${edge}`} />
      <span className="min-w-0 flex-1">
        <span className="block">{label}</span>
        <span id={hintId} className="block break-words text-2xs text-muted">
          {hint}
        </span>
      </span>
      <span className="text-lg font-semibold tabular-nums">{formatCount(count)}</span>
    </button>
  );
}
