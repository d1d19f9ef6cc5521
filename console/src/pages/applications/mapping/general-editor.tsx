/** What a mapping is called, whether it runs, whose account links it uses, and how often an account may be linked. */
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import type { Mapping, MappingMistake, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { mappingsQuery } from '../../../data/mappings.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { KeyValueList } from '../../../kit/key-value-list.tsx';
import { Select } from '../../../kit/select.tsx';
import { Switch } from '../../../kit/switch.tsx';
import { TextArea, TextField } from '../../../kit/text-field.tsx';
import { Count, Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/mappings.ts';
import { FilterField } from '../filters/filter-field.tsx';
import { type General, messageAt } from './mapping-values.ts';

type Props = Readonly<{
  mapping: Mapping;
  general: General;
  source: MappingSide;
  mistakes: readonly MappingMistake[];
  isReadOnly: boolean;
  onChange: (general: General) => void;
  /** Opens the question whether to delete it. */
  onDelete: (() => void) | undefined;
}>;

export function GeneralEditor(props: Props) {
  const { mapping, general, mistakes, isReadOnly, onChange, onDelete } = props;
  const set = (change: Partial<General>) => onChange({ ...general, ...change });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Card title={t('mappings.part.general')}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
          <TextField
            label={t('mappings.displayName')}
            hint={t('mappings.displayNameHint', { name: mapping.name })}
            value={general.displayName}
            onChange={(displayName) => set({ displayName })}
            isReadOnly={isReadOnly}
            error={messageAt(mistakes, 'displayName')}
          />
          <TextArea
            label={t('mappings.description')}
            value={general.description}
            onChange={(description) => set({ description })}
            isReadOnly={isReadOnly}
            isOptional
            rows={2}
            error={messageAt(mistakes, 'description')}
          />
          <Switch
            label={t('mappings.enabled')}
            hint={t('mappings.enabledHint')}
            value={general.isEnabled}
            onChange={(isEnabled) => set({ isEnabled })}
            isReadOnly={isReadOnly}
            isDisabled={isReadOnly}
          />
          <LinksOf {...props} set={set} />
          <Qualifiers {...props} set={set} />
        </div>
      </Card>
      <Facts mapping={mapping} onDelete={onDelete} />
    </div>
  );
}

type PartProps = Props & Readonly<{ set: (change: Partial<General>) => void }>;

function LinksOf({ mapping, general, mistakes, isReadOnly, set }: PartProps) {
  const { data } = useQuery(mappingsQuery());
  const others = (data?.items ?? []).filter(({ name }) => name !== mapping.name);
  return (
    <Select
      label={t('mappings.linksOf')}
      hint={t('mappings.linksOfHint')}
      value={general.linksOf ?? ''}
      options={[
        { value: '', label: t('mappings.linksOfOwn') },
        ...others.map(({ name }) => ({ value: name, label: name })),
      ]}
      onChange={(name) => set({ linksOf: name || null })}
      isReadOnly={isReadOnly}
      error={messageAt(mistakes, 'linksOf')}
    />
  );
}

function Qualifiers({ general, source, mistakes, isReadOnly, set }: PartProps) {
  const { linkQualifiers } = general;
  const put = (next: General['linkQualifiers']) => set({ linkQualifiers: next });
  return (
    <fieldset className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <legend className="mb-1 text-[.8667rem] font-medium">{t('mappings.qualifiers')}</legend>
      <p className="text-[.8rem] text-muted">{t('mappings.qualifiersHint')}</p>
      {linkQualifiers.map(({ name, condition }, place) => {
        const number = place + 1;
        const replace = (next: General['linkQualifiers'][number]) =>
          put(linkQualifiers.map((one, other) => (other === place ? next : one)));
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a qualifier is its place.
            key={place}
            className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line p-3"
          >
            <div className="flex items-end gap-2">
              <div className="flex-1">
                <TextField
                  label={t('mappings.qualifier', { number })}
                  value={name}
                  onChange={(typed) => replace({ ...(condition && { condition }), name: typed })}
                  isReadOnly={isReadOnly}
                  isVerbatim
                  error={messageAt(mistakes, `linkQualifiers/${place}/name`)}
                />
              </div>
              {!isReadOnly && (
                <IconButton
                  icon={X}
                  label={t('mappings.qualifierRemove', { number })}
                  onClick={() => put(linkQualifiers.filter((_, other) => other !== place))}
                />
              )}
            </div>
            <FilterField
              label={t('mappings.qualifierCondition', { number })}
              value={condition ?? ''}
              onChange={(text) => replace({ name, ...(text.trim() !== '' && { condition: text }) })}
              attributes={source.attributes}
              isReadOnly={isReadOnly}
              error={messageAt(mistakes, `linkQualifiers/${place}/condition`)}
            />
          </div>
        );
      })}
      {!isReadOnly && (
        <div>
          <Button icon={Plus} onClick={() => put([...linkQualifiers, { name: '' }])}>
            {t('mappings.qualifierAdd')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function Facts({ mapping, onDelete }: Pick<Props, 'mapping' | 'onDelete'>) {
  const { source, target, links, revision, changedAt, changedBy, origin } = mapping;
  return (
    <Card title={t('mappings.facts')}>
      <div className="grid gap-4">
        <KeyValueList
          items={[
            [t('mappings.fact.source'), t('mappings.side', source)],
            [t('mappings.fact.target'), t('mappings.side', target)],
            [t('mappings.fact.links'), <Count key="links" value={links} />],
            [t('mappings.fact.revision'), <Count key="revision" value={revision} />],
            [
              t('mappings.fact.changed'),
              <span key="changed">
                <Time value={changedAt} /> {t('mappings.fact.by', { who: changedBy })}
              </span>,
            ],
            [t('mappings.fact.origin'), t(`mappings.origin.${origin}`)],
          ]}
        />
        {onDelete && (
          <div>
            <Button look="danger" permission="/Syncline/Mappings/Update" onClick={onDelete}>
              {t('mappings.delete')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
