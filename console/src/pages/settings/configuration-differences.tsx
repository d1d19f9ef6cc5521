/** The lines of the configuration's files that differ, as a table: numbers before and after, a sign, and the text. */
import { Fragment } from 'react';
import type { ConfigurationPlan } from '../../../../src/http/schemas/configuration.ts';
import { Card } from '../../kit/card.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { t } from '../../texts/configuration.ts';

type File = ConfigurationPlan['files'][number];
type Line = File['hunks'][number][number];

export function FileDifferences({ files, isCut }: Readonly<{ files: readonly File[]; isCut: boolean }>) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <p className="text-muted">
        {t('configuration.differenceHint')} {isCut && t('configuration.cut')}
      </p>
      {files.map((file) => (
        <Card
          key={file.path}
          title={file.path}
          actions={
            <span className="text-2xs text-muted">
              {t('configuration.lines', { added: file.added, removed: file.removed })}
            </span>
          }
          isFlush
        >
          <ScrollRegion label={file.path} className="max-h-[36rem]">
            <table className="w-full font-mono text-[.78rem]">
              <thead className="sr-only">
                <tr>
                  <th scope="col">{t('configuration.beforeLine')}</th>
                  <th scope="col">{t('configuration.afterLine')}</th>
                  <th scope="col">{t('configuration.sign')}</th>
                  <th scope="col">{t('configuration.text')}</th>
                </tr>
              </thead>
              <tbody>
                {file.hunks.map((hunk, index) => (
                  <Fragment key={keyOf(hunk[0])}>
                    <Gap between={file.hunks[index - 1]} and={hunk} />
                    {hunk.map((line) => (
                      <Row key={keyOf(line)} line={line} />
                    ))}
                  </Fragment>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </Card>
      ))}
    </div>
  );
}

function keyOf(line: Line | undefined): string {
  return `${line?.before}-${line?.after}`;
}

const looks = { same: '', added: 'bg-ok-soft', removed: 'bg-bad-soft' } as const;
const signs = { same: ' ', added: '+', removed: '−' } as const;

function Row({ line: { kind, before, after, text } }: Readonly<{ line: Line }>) {
  return (
    <tr className={looks[kind]}>
      <td className="w-12 select-none px-2 text-end text-muted">{before}</td>
      <td className="w-12 select-none px-2 text-end text-muted">{after}</td>
      <td className="w-6 select-none text-center">
        <span aria-hidden>{signs[kind]}</span>
        {kind !== 'same' && <span className="sr-only">{t(`configuration.${kind}`)}</span>}
      </td>
      <td className="whitespace-pre-wrap break-all pe-3">{text}</td>
    </tr>
  );
}

/** How many lines that stay are left out between two hunks. */
function Gap({ between, and }: Readonly<{ between: readonly Line[] | undefined; and: readonly Line[] }>) {
  const last = between?.at(-1)?.after ?? between?.findLast(({ after }) => after !== null)?.after ?? 0;
  const first = and.find(({ after }) => after !== null)?.after;
  const count = first === undefined || first === null ? 0 : first - last - 1;
  if (count <= 0) return null;
  return (
    <tr>
      <td colSpan={4} className="select-none bg-sunken px-2 py-0.5 text-center text-2xs text-muted">
        {t('configuration.left', { count })}
      </td>
    </tr>
  );
}
