/** What would change against the limits on it. */
import type { Block } from '../../../../src/http/schemas/runs.ts';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Count } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';

type Measure = Block['measures'][number];

const share = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

export function GuardTable({ measures }: Readonly<{ measures: readonly Measure[] }>) {
  // What is limited by nothing says nothing here; the changes themselves have their numbers.
  const shown = measures.filter(
    ({ limit, limitPercent }) => limit !== undefined || limitPercent !== undefined,
  );
  return (
    <ScrollRegion label={t('blocked.guards')}>
      <table className="grid-table min-w-[38rem]">
        <thead>
          <tr>
            <th scope="col">{t('blocked.guards.scope')}</th>
            <th scope="col">{t('blocked.guards.kind')}</th>
            <th scope="col" className="n">
              {t('blocked.guards.pending')}
            </th>
            <th scope="col" className="n">
              {t('blocked.guards.limit')}
            </th>
            <th scope="col" className="n">
              {t('blocked.guards.share')}
            </th>
            <th scope="col" className="n">
              {t('blocked.guards.shareLimit')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((measure) => (
            <GuardRow key={`${measure.what} ${measure.objectClass} ${measure.kind}`} measure={measure} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function GuardRow({ measure }: Readonly<{ measure: Measure }>) {
  const { what, objectClass, kind, count, stored, limit, limitPercent } = measure;
  const isOver = limit !== undefined && count > limit;
  const isShareOver = limitPercent !== undefined && stored > 0 && count * 100 > limitPercent * stored;
  const all = what === 'links' ? t('blocked.guards.allLinks') : t('blocked.guards.allResources');
  return (
    <tr>
      <td title={objectClass}>{objectClass ?? all}</td>
      <td>{operationWord(what, kind)}</td>
      <td className="n">
        <Exceeding isExceeding={isOver}>
          <Count value={count} />
        </Exceeding>
      </td>
      <td className="n">{limit === undefined ? t('blocked.guards.off') : <Count value={limit} />}</td>
      <td className="n">
        {stored > 0 && (
          <Exceeding isExceeding={isShareOver}>
            {t('blocked.percent', { share: share.format((count * 100) / stored) })}
          </Exceeding>
        )}
      </td>
      <td className="n">
        {limitPercent === undefined
          ? t('blocked.guards.off')
          : t('blocked.percent', { share: share.format(limitPercent) })}
      </td>
    </tr>
  );
}

/** Links are told apart from objects by their word. */
function operationWord(what: Measure['what'], kind: Measure['kind']): string {
  if (what === 'resources' || kind === 'updated') return t(`blocked.kind.${kind}`);
  return t(`blocked.kind.${kind}Links`);
}

function Exceeding({ isExceeding, children }: Readonly<{ isExceeding: boolean; children: React.ReactNode }>) {
  if (!isExceeding) return children;
  return (
    <strong className="text-hold" title={t('blocked.guards.exceeded')}>
      {children} <span className="sr-only">{t('blocked.guards.exceeded')}</span>
    </strong>
  );
}
