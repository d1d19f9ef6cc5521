/** One entity type: whether it is exported, its links, its filter, and its attributes with what the tenant says of them. */
import { Eye, Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { EntityTypesPlan, SchemaAttribute } from '../../../../src/http/schemas/entity-types.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Checkbox } from '../../kit/checkbox.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Switch } from '../../kit/switch.tsx';
import { TextArea } from '../../kit/text-field.tsx';
import { t } from '../../texts/entity-types.ts';
import { AttributePicker } from './attribute-picker.tsx';
import { typeOf } from './attribute-type.ts';
import { EntityTypePreview } from './entity-type-preview.tsx';
import { firstMapping, type MappedType, type OfferedType } from './entity-type-values.ts';

type Props = Readonly<{
  /** The tenant. */
  name: string;
  type: OfferedType;
  value: MappedType | null;
  onChange: (value: MappedType | null) => void;
  mistakes: EntityTypesPlan['mistakes'];
  isReadOnly: boolean;
}>;

export function EntityTypeEditor({ name, type, value, onChange, mistakes, isReadOnly }: Props) {
  const [isPicking, setPicking] = useState(false);
  const [isPreviewed, setPreviewed] = useState(false);
  const messageOf = (part: EntityTypesPlan['mistakes'][number]['part']) =>
    mistakes.find((mistake) => mistake.part === part)?.message;
  return (
    <Card
      title={type.name}
      actions={
        value && (
          <Button
            icon={Eye}
            permission="/Syncline/Directory/Query"
            disabledReason={value.attributes.length === 0 ? t('entityTypes.noAttributes') : undefined}
            isDisabled={isReadOnly}
            onClick={() => setPreviewed(true)}
          >
            {t('entityTypes.preview')}
          </Button>
        )
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <Switch
          label={t('entityTypes.export', { plural: type.plural })}
          hint={t('entityTypes.exportHint', { permission: type.permission })}
          error={messageOf('entityType')}
          value={value !== null}
          onChange={(isExported) => onChange(isExported ? firstMapping(type) : null)}
          isReadOnly={isReadOnly}
          isDisabled={isReadOnly}
        />
        {value && (
          <>
            <Links
              type={type}
              value={value}
              onChange={onChange}
              isReadOnly={isReadOnly}
              error={messageOf('link')}
            />
            <TextArea
              label={t('entityTypes.filter')}
              hint={t('entityTypes.filterHint')}
              error={messageOf('filter')}
              value={value.filter}
              onChange={(filter) => onChange({ ...value, filter })}
              isReadOnly={isReadOnly}
              isOptional
              isCode
              rows={2}
            />
            <Attributes
              type={type}
              value={value}
              onChange={onChange}
              mistakes={mistakes}
              isReadOnly={isReadOnly}
              onAdd={() => setPicking(true)}
            />
          </>
        )}
      </div>
      {isPicking && value && (
        <AttributePicker
          type={type}
          chosen={value.attributes}
          onClose={() => setPicking(false)}
          onAdd={(names) => onChange({ ...value, attributes: [...value.attributes, ...names] })}
        />
      )}
      {isPreviewed && value && (
        <EntityTypePreview name={name} type={type} value={value} onClose={() => setPreviewed(false)} />
      )}
    </Card>
  );
}

type PartProps = Readonly<{
  type: OfferedType;
  value: MappedType;
  onChange: (value: MappedType) => void;
  isReadOnly: boolean;
}>;

function Links({ type, value, onChange, isReadOnly, error }: PartProps & { error: string | undefined }) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-[.8667rem] font-medium">{t('entityTypes.links')}</legend>
      {type.links.length === 0 && <p className="text-muted">{t('entityTypes.noLinks')}</p>}
      {type.links.map((link) => (
        <Checkbox
          key={link}
          label={link}
          value={value.links.includes(link)}
          isDisabled={isReadOnly}
          onChange={(isWanted) =>
            onChange({
              ...value,
              // In the order of the type, so that going back is no change.
              links: type.links.filter((one) => (one === link ? isWanted : value.links.includes(one))),
            })
          }
        />
      ))}
      {error !== undefined && <p className="text-[.8rem] text-bad">{error}</p>}
    </fieldset>
  );
}

function Attributes({
  type,
  value,
  onChange,
  mistakes,
  isReadOnly,
  onAdd,
}: PartProps & Readonly<{ mistakes: Props['mistakes']; onAdd: () => void }>) {
  const known = new Map(type.attributes.map((attribute) => [attribute.name, attribute]));
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h3 className="text-[.8667rem] font-medium">{t('entityTypes.attributes')}</h3>
          <p className="text-[.8rem] text-muted">{t('entityTypes.key')}</p>
        </div>
        {!isReadOnly && (
          <Button icon={Plus} onClick={onAdd}>
            {t('entityTypes.addAttributes')}
          </Button>
        )}
      </div>
      {value.attributes.length === 0 ? (
        <p className="text-muted">{t('entityTypes.noAttributes')}</p>
      ) : (
        <ScrollRegion
          label={t('entityTypes.attributes')}
          className="max-h-[36rem] rounded-lg border border-line"
        >
          <table className="grid-table min-w-[38rem]" aria-label={t('entityTypes.attributes')}>
            <thead>
              <tr>
                <th scope="col">{t('entityTypes.attribute')}</th>
                <th scope="col">{t('entityTypes.type')}</th>
                <th scope="col">{t('entityTypes.filled')}</th>
                <th scope="col">{t('entityTypes.values')}</th>
                {!isReadOnly && (
                  <th scope="col" className="w-14">
                    <span className="sr-only">{t('entityTypes.removeTitle')}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {value.attributes.map((name) => {
                const mistake = mistakes.find((one) => one.part === 'attribute' && one.name === name);
                return (
                  <tr key={name}>
                    <td title={mistake?.message ?? name}>
                      <AttributeName
                        name={name}
                        attribute={known.get(name)}
                        isWrong={mistake !== undefined}
                      />
                    </td>
                    <td>{typeOf(known.get(name))}</td>
                    <td>{filledOf(known.get(name))}</td>
                    <td title={known.get(name)?.values.join('\n')}>{known.get(name)?.values.join(' · ')}</td>
                    {!isReadOnly && (
                      <td>
                        <span className="cell-act">
                          <IconButton
                            icon={X}
                            label={t('entityTypes.remove', { name })}
                            onClick={() =>
                              onChange({
                                ...value,
                                attributes: value.attributes.filter((other) => other !== name),
                              })
                            }
                          />
                        </span>
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

function AttributeName({
  name,
  attribute,
  isWrong,
}: Readonly<{ name: string; attribute: SchemaAttribute | undefined; isWrong: boolean }>) {
  return (
    <span className="inline-flex items-center gap-2">
      {name}
      {attribute?.isMissing === true && <Badge kind="warning">{t('entityTypes.missing')}</Badge>}
      {isWrong && <Badge kind="failed">{t('status.warning')}</Badge>}
    </span>
  );
}

function filledOf(attribute: SchemaAttribute | undefined): string {
  if (attribute?.filled == null || attribute.sampled === null) return t('time.none');
  return t('entityTypes.filledOf', { filled: attribute.filled, sampled: attribute.sampled });
}
