/** Ten objects of the tenant as they would be exported, before anything is saved. */
import { useQuery } from '@tanstack/react-query';
import { previewObjects } from '../../data/entity-types.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/entity-types.ts';
import type { MappedType, OfferedType } from './entity-type-values.ts';

type Props = Readonly<{ name: string; type: OfferedType; value: MappedType; onClose: () => void }>;

export function EntityTypePreview({ name, type, value: { attributes, filter }, onClose }: Props) {
  const query = useQuery({
    // No topic of the event stream: it is asked once, when it is opened.
    queryKey: ['preview', name, type.name, attributes, filter],
    queryFn: ({ signal }) => previewObjects(name, type.name, attributes, filter, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="wide"
      title={t('entityTypes.previewTitle', { plural: type.plural })}
      description={t('entityTypes.previewText')}
      footer={<Button onClick={onClose}>{t('action.close')}</Button>}
    >
      <Loaded query={query} lines={10}>
        {({ objects }) =>
          objects.length === 0 ? (
            <p className="text-muted">{t('entityTypes.previewNone')}</p>
          ) : (
            <ScrollRegion
              label={t('entityTypes.previewTitle', { plural: type.plural })}
              className="max-h-[60vh] rounded-lg border border-line"
            >
              <table className="w-max min-w-full text-[.8667rem] [&_:is(td,th)]:max-w-72 [&_:is(td,th)]:truncate [&_:is(td,th)]:border-b [&_:is(td,th)]:border-line [&_:is(td,th)]:px-3 [&_:is(td,th)]:py-1.5 [&_:is(td,th)]:text-start">
                <thead>
                  <tr className="text-muted">
                    {filter !== '' && <th scope="col">{t('entityTypes.filter')}</th>}
                    {attributes.map((attribute) => (
                      <th key={attribute} scope="col">
                        {attribute}
                      </th>
                    ))}
                    <th scope="col">{t('entityTypes.previewKey')}</th>
                  </tr>
                </thead>
                <tbody>
                  {objects.map(({ key, attributes: values, isFiltered }) => (
                    <tr key={key}>
                      {filter !== '' && (
                        <td>
                          <Badge kind={isFiltered ? 'off' : 'succeeded'}>
                            {isFiltered ? t('entityTypes.previewFiltered') : t('entityTypes.previewKept')}
                          </Badge>
                        </td>
                      )}
                      {attributes.map((attribute) => (
                        <td key={attribute} title={wordsOf(values[attribute])}>
                          {wordsOf(values[attribute])}
                        </td>
                      ))}
                      <td>{key}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
          )
        }
      </Loaded>
    </Dialog>
  );
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
