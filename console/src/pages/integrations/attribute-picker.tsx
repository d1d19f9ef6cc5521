/** The window to choose attributes from what the tenant has; what cannot be exported says why. */
import { useState } from 'react';
import type { SchemaAttribute } from '../../../../src/http/schemas/entity-types.ts';
import { Button } from '../../kit/button.tsx';
import { Checkbox } from '../../kit/checkbox.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { SearchField } from '../../kit/search-field.tsx';
import { t } from '../../texts/entity-types.ts';
import { typeOf } from './attribute-type.ts';
import type { OfferedType } from './entity-type-values.ts';

type Props = Readonly<{
  type: OfferedType;
  chosen: readonly string[];
  onClose: () => void;
  onAdd: (names: readonly string[]) => void;
}>;

export function AttributePicker({ type, chosen, onClose, onAdd }: Props) {
  const [search, setSearch] = useState('');
  const [picked, setPicked] = useState<readonly string[]>([]);
  const wanted = search.trim().toLowerCase();
  const shown = type.attributes.filter(({ name, application }) =>
    `${name} ${application ?? ''}`.toLowerCase().includes(wanted),
  );
  const toggle = (name: string, isWanted: boolean) =>
    setPicked(isWanted ? [...picked, name] : picked.filter((other) => other !== name));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="wide"
      title={t('entityTypes.pickTitle', { type: type.name })}
      description={t('entityTypes.pickText')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            isDisabled={picked.length === 0}
            onClick={() => {
              onAdd(picked);
              onClose();
            }}
          >
            {t('entityTypes.pickAdd', { count: picked.length })}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <SearchField value={search} onChange={setSearch} label={t('entityTypes.pickSearch')} />
        {shown.length === 0 ? (
          <p className="text-muted">{t('entityTypes.pickNone')}</p>
        ) : (
          <ScrollRegion
            label={t('entityTypes.attributes')}
            className="max-h-[50vh] rounded-lg border border-line"
          >
            <table className="grid-table" aria-label={t('entityTypes.attributes')}>
              <thead>
                <tr>
                  <th scope="col" className="w-12">
                    <span className="sr-only">{t('entityTypes.pick')}</span>
                  </th>
                  <th scope="col">{t('entityTypes.attribute')}</th>
                  <th scope="col">{t('entityTypes.type')}</th>
                  <th scope="col">{t('entityTypes.status')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((attribute) => {
                  const { name, availability } = attribute;
                  const isChosen = chosen.includes(name);
                  return (
                    <tr key={name}>
                      <td>
                        <Checkbox
                          label={name}
                          isLabelHidden
                          value={isChosen || picked.includes(name)}
                          isDisabled={isChosen || availability !== 'exported'}
                          onChange={(isWanted) => toggle(name, isWanted)}
                        />
                      </td>
                      <td title={name}>{name}</td>
                      <td title={typeOf(attribute)}>{typeOf(attribute)}</td>
                      <td className="text-muted" title={statusOf(attribute, isChosen)}>
                        {statusOf(attribute, isChosen)}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </ScrollRegion>
        )}
      </div>
    </Dialog>
  );
}

function statusOf({ availability }: SchemaAttribute, isChosen: boolean): string {
  if (isChosen) return t('entityTypes.already');
  return availability === 'exported' ? t('entityTypes.can') : t(`entityTypes.why.${availability}`);
}
