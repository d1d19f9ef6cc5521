/** The test of a row: what it gives for a few accounts, for one with each of its steps, for a pasted object, and for all. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EvaluatedObject } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import type { Definition } from '../../../../../src/http/schemas/mappings.ts';
import { evaluationQuery, type Tried } from '../../../data/mappings.ts';
import { problemOf } from '../../../data/problem.ts';
import { useMay } from '../../../data/session.ts';
import { CompactSelect } from '../../../kit/select.tsx';
import { Skeleton } from '../../../kit/states.tsx';
import { TextArea } from '../../../kit/text-field.tsx';
import { t } from '../../../texts/mappings.ts';
import { type Account, AccountPicker } from './account-picker.tsx';
import { Outcome, wordsOfOutcome } from './evaluated-value.tsx';
import { WholeResult } from './whole-result.tsx';

type Props = Readonly<{
  /** With the row as it is typed. */
  definition: Definition;
  row: number;
  /** Nothing is tried out that is wrong. */
  isWrong: boolean;
  account: Account | null;
}>;

export function RowTest({ definition, row, isWrong, account: first }: Props) {
  const maySee = useMay('/Syncline/Directory/Query');
  const [on, setOn] = useState<'accounts' | 'json'>('accounts');
  const [account, setAccount] = useState(first);
  const [json, setJson] = useState('{\n  "givenName": "Sam"\n}');
  const typed = on === 'json' ? readObject(json) : undefined;
  const { source, attributes } = definition;
  const target = attributes[row]?.target ?? '';
  const tried: Tried = typed?.object
    ? { objects: [typed.object] }
    : account
      ? { keys: [account.key] }
      : { sample: 3 };
  return (
    <section
      aria-label={t('mappings.test')}
      className="grid grid-cols-[minmax(0,1fr)] gap-3 border-t border-line pt-4"
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{t('mappings.test')}</h3>
        <CompactSelect
          label={t('mappings.testOn')}
          value={on}
          options={[
            { value: 'accounts', label: t('mappings.testOn.accounts') },
            { value: 'json', label: t('mappings.testOn.json') },
          ]}
          onChange={(next) => setOn(next ?? 'accounts')}
        />
      </div>
      {on === 'json' ? (
        <TextArea
          label={t('mappings.testJson')}
          value={json}
          onChange={setJson}
          isCode
          rows={5}
          error={typed?.problem}
        />
      ) : (
        maySee && (
          <AccountPicker
            set={source}
            label={t('mappings.testAccount')}
            value={account}
            onChange={setAccount}
          />
        )
      )}
      {!maySee && on === 'accounts' ? (
        <p className="text-muted">{t('mappings.testNotAllowed')}</p>
      ) : (
        !isWrong &&
        typed?.problem === undefined && (
          <Results definition={definition} row={row} tried={tried} hasSteps={!('sample' in tried)} />
        )
      )}
      {on === 'accounts' && maySee && (
        <WholeResult definition={definition} row={row} target={target} isDisabled={isWrong} />
      )}
    </section>
  );
}

type Typed = Readonly<{ object?: Readonly<Record<string, unknown>>; problem?: string }>;

function readObject(json: string): Typed {
  try {
    const object: unknown = JSON.parse(json);
    return typeof object === 'object' && object !== null && !Array.isArray(object)
      ? { object: object as Readonly<Record<string, unknown>> }
      : { problem: t('mappings.testJsonObject') };
  } catch (error) {
    return { problem: t('mappings.testJsonWrong', { reason: problemOf(error).message }) };
  }
}

function Results({
  definition,
  row,
  tried,
  hasSteps,
}: Pick<Props, 'definition' | 'row'> & Readonly<{ tried: Tried; hasSteps: boolean }>) {
  const { data, error } = useQuery(evaluationQuery(definition, tried, { rows: [row], trace: hasSteps }));
  if (error) return <p className="text-bad">{problemOf(error).message}</p>;
  if (data === undefined) return <Skeleton lines={3} />;
  if (data.objects.length === 0) {
    const { connection, type } = definition.source;
    const set = t('mappings.side', { connection, type });
    return <p className="text-muted">{data.mistakes[0]?.message ?? t('mappings.testNone', { set })}</p>;
  }
  return (
    <div role="status" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <table className="grid-table rounded-lg border border-line" aria-label={t('mappings.result')}>
        <thead>
          <tr>
            <th scope="col">{t('mappings.testAccount')}</th>
            <th scope="col">{t('mappings.result')}</th>
            <th scope="col" className="w-24">
              {t('mappings.type')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.objects.map((object) => {
            const outcome = object.rows[0]?.outcome;
            return (
              <tr key={object.key ?? ''}>
                <td title={object.name}>{object.key === null ? t('mappings.testObject') : object.name}</td>
                <td title={outcome && wordsOfOutcome(outcome)} className="whitespace-normal!">
                  {outcome && <Outcome outcome={outcome} />}
                </td>
                <td>{outcome?.kind === 'value' ? typeWords(outcome.type) : t('time.none')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {hasSteps && data.objects.length === 1 && <Steps object={data.objects[0]} />}
    </div>
  );
}

const types = ['null', 'text', 'number', 'boolean', 'list', 'object'] as const;

function typeWords(type: string): string {
  const known = types.find((one) => one === type);
  return known === undefined ? type : t(`mappings.type.${known}`);
}

function Steps({ object }: Readonly<{ object: EvaluatedObject | undefined }>) {
  const steps = object?.rows[0]?.steps ?? [];
  // Of a single part there is nothing to tell apart.
  if (steps.length < 2) return null;
  return (
    <table className="grid-table rounded-lg border border-line" aria-label={t('mappings.steps')}>
      <thead>
        <tr>
          <th scope="col">{t('mappings.step')}</th>
          <th scope="col">{t('mappings.stepValue')}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ position, length, text, outcome }) => (
          <tr key={`${position} ${length} ${text}`}>
            <td title={text} className="font-mono text-[.8rem]">
              {text}
            </td>
            <td title={wordsOfOutcome(outcome)}>
              <Outcome outcome={outcome} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
