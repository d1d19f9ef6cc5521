/** How many stored resources meet a filter, counted while it is typed, with a few of them. */
import { useQuery } from '@tanstack/react-query';
import { type Filter, filterCountQuery, type ObjectSet } from '../../../data/mappings.ts';
import { problemOf } from '../../../data/problem.ts';
import { useMay } from '../../../data/session.ts';
import { useSettled } from '../../../kit/settled.ts';
import { t } from '../../../texts/mappings.ts';

export function FilterCount({ set, filter }: Readonly<{ set: ObjectSet; filter: Filter }>) {
  const maySee = useMay('/Syncline/Directory/Query');
  const settled = useSettled(filter, 400);
  const { data, error } = useQuery({ ...filterCountQuery(set, settled), enabled: maySee });
  if (!maySee) return null;
  return (
    <div role="status" className="text-[.8667rem]">
      {error ? (
        <p className="text-bad">{problemOf(error).message}</p>
      ) : data === undefined ? (
        <p className="text-muted">{t('filters.counting')}</p>
      ) : data.count === null ? (
        data.mistakes.map(({ message, path }) => (
          <p key={path + message} className="text-bad">
            {message}
          </p>
        ))
      ) : (
        <>
          <p>
            {t('filters.count', { count: data.count, total: data.total })}{' '}
            {data.sample.length > 0 && (
              <span className="text-muted">
                {t('filters.sample', {
                  names: data.sample.map(({ name }) => name).join(', '),
                  more: Math.max(0, data.count - data.sample.length),
                })}
              </span>
            )}
          </p>
          {data.warnings.map(({ message, path }) => (
            <p key={path + message} className="text-warn">
              {message}
            </p>
          ))}
        </>
      )}
    </div>
  );
}
