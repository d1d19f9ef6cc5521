/** What a row gives for all accounts: run when somebody asks for it, and stopped when they have seen enough. */
import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { WholeEvaluation } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import type { Definition } from '../../../../../src/http/schemas/mappings.ts';
import { evaluateAll } from '../../../data/mappings.ts';
import { type Problem, problemOf } from '../../../data/problem.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { t } from '../../../texts/mappings.ts';
import { wordsOfValue } from './evaluated-value.tsx';

type Props = Readonly<{ definition: Definition; row: number; target: string; isDisabled: boolean }>;
type State =
  | Readonly<{ kind: 'running' }>
  | Readonly<{ kind: 'done'; result: WholeEvaluation }>
  | Readonly<{ kind: 'failed'; problem: Problem }>;

export function WholeResult({ definition, row, target, isDisabled }: Props) {
  const [state, setState] = useState<State>();
  const running = useRef<AbortController>(undefined);
  const told = JSON.stringify([definition, row]);
  // What was run for another text says nothing of this one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what is run.
  useEffect(() => {
    setState(undefined);
    return () => running.current?.abort();
  }, [told]);
  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    setState({ kind: 'running' });
    try {
      const result = await evaluateAll(definition, row, controller.signal);
      if (!controller.signal.aborted) setState({ kind: 'done', result });
    } catch (error) {
      if (!controller.signal.aborted) setState({ kind: 'failed', problem: problemOf(error) });
    }
  };
  const stop = () => {
    running.current?.abort();
    setState(undefined);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          icon={Play}
          isDisabled={isDisabled || state?.kind === 'running'}
          permission="/Syncline/Directory/Query"
          onClick={() => void run()}
        >
          {state?.kind === 'running' ? t('mappings.allRunning') : t('mappings.all')}
        </Button>
        {state?.kind === 'running' && <Button onClick={stop}>{t('mappings.allStop')}</Button>}
      </div>
      <div role="status" className="grid grid-cols-[minmax(0,1fr)] gap-3 empty:hidden">
        {state?.kind === 'failed' && (
          <Banner kind="bad" title={t('mappings.allFailed')}>
            {state.problem.message}
          </Banner>
        )}
        {state?.kind === 'done' && <Result result={state.result} target={target} />}
      </div>
    </div>
  );
}

function Result({ result, target }: Readonly<{ result: WholeEvaluation; target: string }>) {
  const { total, values, empty, ignored, failedCount, unqualified, failed, top } = result;
  return (
    <>
      <div>
        <p>
          {t('mappings.allResult', { total, values, empty, failed: failedCount })}{' '}
          {ignored > 0 && t('mappings.allIgnored', { count: ignored })}{' '}
          {t(result.isDistinctExact ? 'mappings.allDistinct' : 'mappings.allDistinctSome', {
            count: result.distinct,
          })}
        </p>
        {unqualified > 0 && (
          <p className="text-muted">{t('mappings.allUnqualified', { count: unqualified })}</p>
        )}
      </div>
      <Duplicates result={result} target={target} />
      {failed.length > 0 && (
        <div>
          <h4 className="text-[.8667rem] font-medium">{t('mappings.allErrors')}</h4>
          <ul className="list-disc ps-5 text-[.8667rem]">
            {failed.map(({ message, count, example }) => (
              <li key={message} className="break-words">
                {t('mappings.allError', { message, count, example: example.name })}
              </li>
            ))}
          </ul>
        </div>
      )}
      {top.length > 0 && (
        <table className="grid-table" aria-label={t('mappings.allTop')}>
          <colgroup>
            <col />
            <col className="w-24" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t(result.isTopExact ? 'mappings.allTop' : 'mappings.allTopSome')}</th>
              <th scope="col" className="n">
                {t('mappings.count')}
              </th>
            </tr>
          </thead>
          <tbody>
            {top.map(({ value, count }) => (
              <tr key={value}>
                <td title={value}>{wordsOfValue(value)}</td>
                <td className="n">{count.toLocaleString('en-GB')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Duplicates({
  result: { isUnique, duplicates, duplicated },
  target,
}: Readonly<{ result: WholeEvaluation; target: string }>) {
  if (!isUnique) return null;
  if (duplicates === 0) return <p>{t('mappings.allNoDuplicates', { target })}</p>;
  return (
    <Banner kind="warn" title={t('mappings.allDuplicates', { count: duplicates, target })}>
      <ul className="list-disc ps-5">
        {duplicated.map(({ value, keys }) => (
          <li key={value} className="break-words">
            {t('mappings.allDuplicated', { value, keys: keys.join(', ') })}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
