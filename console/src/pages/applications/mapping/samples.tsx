/** What a mapping would do, account by account: what the source has, what becomes of it, and what the target has now. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EvaluatedObject } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import type { Definition } from '../../../../../src/http/schemas/mappings.ts';
import { evaluationQuery } from '../../../data/mappings.ts';
import { useMay } from '../../../data/session.ts';
import { Card } from '../../../kit/card.tsx';
import { ScrollRegion } from '../../../kit/scroll-region.tsx';
import { EmptyState, Loaded } from '../../../kit/states.tsx';
import { Badge } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/mappings.ts';
import { type Account, AccountPicker } from './account-picker.tsx';
import { Outcome, Value, wordsOfOutcome, wordsOfValue } from './evaluated-value.tsx';
import { describeSource } from './row-values.ts';

type Props = Readonly<{ definition: Definition; isWrong: boolean }>;

export function Samples({ definition, isWrong }: Props) {
  const maySee = useMay('/Syncline/Directory/Query');
  const [account, setAccount] = useState<Account | null>(null);
  const tried = account ? { keys: [account.key] } : { sample: 5 };
  const query = useQuery({ ...evaluationQuery(definition, tried), enabled: maySee && !isWrong });
  const { connection, type } = definition.source;
  if (!maySee) return <EmptyState title={t('mappings.testNotAllowed')} />;
  return (
    <Card title={t('mappings.samples')}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <p className="max-w-3xl text-muted">{t('mappings.samplesHint')}</p>
        <div className="max-w-96">
          <AccountPicker
            set={definition.source}
            label={t('mappings.samplesOther')}
            value={account}
            onChange={setAccount}
          />
        </div>
        {isWrong ? (
          <p className="text-muted">{t('mappings.samplesBroken')}</p>
        ) : (
          <Loaded query={query} lines={10}>
            {({ objects }) =>
              objects.length === 0 ? (
                <EmptyState
                  title={t('mappings.testNone', { set: t('mappings.side', { connection, type }) })}
                />
              ) : (
                objects.map((object) => (
                  <Sample key={object.key ?? ''} object={object} definition={definition} />
                ))
              )
            }
          </Loaded>
        )}
      </div>
    </Card>
  );
}

function Sample({ object, definition }: Readonly<{ object: EvaluatedObject; definition: Definition }>) {
  const { name, target, rows, isQualified, reason, attributes } = object;
  return (
    <section aria-label={name} className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="flex flex-wrap items-center gap-2 font-medium">
        {name}
        <span className="text-[.8667rem] font-normal text-muted">
          {target ? t('mappings.samplesLinked', { name: target.name }) : t('mappings.samplesUnlinked')}
        </span>
        {!isQualified && (
          <Badge kind="off" title={reason ?? undefined}>
            {t('mappings.samplesOutside')}
          </Badge>
        )}
      </h3>
      {reason !== null && <p className="text-[.8667rem] text-muted">{reason}</p>}
      <ScrollRegion label={name} className="rounded-lg border border-line">
        <table className="grid-table min-w-[44rem]" aria-label={name}>
          <thead>
            <tr>
              <th scope="col" className="w-44">
                {t('mappings.samplesAttribute')}
              </th>
              <th scope="col">{t('mappings.samplesOfSource')}</th>
              <th scope="col">{t('mappings.samplesMapped')}</th>
              <th scope="col">{t('mappings.samplesNow')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const source = definition.attributes[row.row]?.source;
              const own = source?.kind === 'attribute' ? attributes[source.name] : undefined;
              const written = source && describeSource(source);
              return (
                <tr key={row.row}>
                  <td title={row.target}>{row.target}</td>
                  <td title={source?.kind === 'attribute' ? wordsOfValue(own) : written}>
                    {source?.kind === 'attribute' ? (
                      <Value value={own} />
                    ) : (
                      <code className="font-mono text-[.8rem]">{written}</code>
                    )}
                  </td>
                  <td title={wordsOfOutcome(row.outcome)}>
                    <span className="inline-flex max-w-full items-center gap-2">
                      <span className="truncate">
                        <Outcome outcome={row.outcome} />
                      </span>
                      {target && row.isChanged && (
                        <Badge kind="warning">{t('mappings.samplesChanged')}</Badge>
                      )}
                    </span>
                  </td>
                  <td title={wordsOfValue(row.before)}>
                    {target ? <Value value={row.before} /> : t('time.none')}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}
