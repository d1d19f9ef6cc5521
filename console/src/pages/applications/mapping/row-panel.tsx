/** The panel that one row is edited in: what is set, out of what, when, and a test of it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Definition, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { mappingCheckQuery, mappingsQuery } from '../../../data/mappings.ts';
import { Button } from '../../../kit/button.tsx';
import { Combobox } from '../../../kit/combobox.tsx';
import { Select } from '../../../kit/select.tsx';
import { useSettled } from '../../../kit/settled.ts';
import { SidePanel } from '../../../kit/side-panel.tsx';
import { TextField } from '../../../kit/text-field.tsx';
import { t } from '../../../texts/mappings.ts';
import { FilterField } from '../filters/filter-field.tsx';
import type { Account } from './account-picker.tsx';
import { ExpressionEditor } from './expression-editor.tsx';
import { type AttributeRow, messageAt, mistakesAt } from './mapping-values.ts';
import { RowTest } from './row-test.tsx';
import { fieldsOf, kinds, newRow, optionsOf, type RowFields, rowOf } from './row-values.ts';

type Props = Readonly<{
  /** As it is in the form. */
  definition: Definition;
  source: MappingSide;
  target: MappingSide;
  /** The row's place; behind the last one for a new row. */
  index: number;
  /** What a new row is for, where that is known. */
  presetTarget: string | null;
  account: Account | null;
  isReadOnly: boolean;
  onApply: (row: AttributeRow) => void;
  onClose: () => void;
}>;

export function RowPanel(props: Props) {
  const { definition, target, index, presetTarget, account, isReadOnly, onApply, onClose } = props;
  const existing = definition.attributes[index];
  const [fields, setFields] = useState<RowFields>(
    existing ? fieldsOf(existing) : { ...newRow, target: presetTarget },
  );
  const row = rowOf(fields, target);
  const wanted = {
    ...definition,
    attributes: [...definition.attributes.slice(0, index), row, ...definition.attributes.slice(index + 1)],
  };
  const settled = useSettled(wanted, 250);
  const check = useQuery({ ...mappingCheckQuery(settled), enabled: isFilled(fields) });
  const all = isFilled(fields) ? (check.data?.mistakes ?? []) : [];
  const own = mistakesAt(all, `attributes/${index}`);
  const at = (...places: readonly string[]) =>
    messageAt(own, ...places.map((place) => `attributes/${index}/${place}`));
  const warning = mistakesAt(check.data?.warnings ?? [], `attributes/${index}`)[0]?.message;
  const set = (change: Partial<RowFields>) => setFields({ ...fields, ...change });
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={existing ? t('mappings.rowTitle', { target: existing.target }) : t('mappings.rowNew')}
      footer={
        isReadOnly ? (
          <Button onClick={onClose}>{t('action.close')}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('action.cancel')}</Button>
            <Button
              look="primary"
              isDisabled={!isFilled(fields)}
              onClick={() => {
                onApply(row);
                onClose();
              }}
            >
              {t('mappings.rowApply')}
            </Button>
          </>
        )
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Combobox
          label={t('mappings.field.target')}
          hint={t('mappings.field.targetHint')}
          value={fields.target}
          onChange={(name) => set({ target: name })}
          options={optionsOf(
            [
              ...target.attributes,
              ...target.links.map((name) => ({
                name,
                type: null,
                isMultiValued: true,
                isRequired: false,
                isUnique: false,
              })),
            ],
            fields.target,
          )}
          isReadOnly={isReadOnly}
          error={at('target')}
        />
        <Select
          label={t('mappings.kind')}
          value={fields.kind}
          onChange={(kind) => set({ kind: kind ?? 'attribute' })}
          isReadOnly={isReadOnly}
          options={kinds.map((kind) => ({
            value: kind,
            label: t(`mappings.kind.${kind}`),
            hint: t(`mappings.kindHint.${kind}`),
          }))}
          error={at('source/kind')}
        />
        <SourceFields {...props} fields={fields} set={set} own={own} at={at} />
        <RuleFields {...props} fields={fields} set={set} at={at} />
        {warning !== undefined && <p className="text-[.8667rem] text-warn">{warning}</p>}
        {isFilled(fields) && fields.kind !== 'reference' && (
          <RowTest
            definition={settled}
            row={index}
            isWrong={check.isPending || check.isPlaceholderData || own.length > 0}
            account={account}
          />
        )}
      </div>
    </SidePanel>
  );
}

/** Whether there is anything to check: nobody is told of a mistake in what they have not come to yet. */
function isFilled({ target, kind, name, text, link }: RowFields): boolean {
  if (target === null) return false;
  switch (kind) {
    case 'attribute':
      return name !== null;
    case 'constant':
      return true;
    case 'expression':
      return text.trim() !== '';
    case 'reference':
      return link !== null;
  }
}

type PartProps = Props &
  Readonly<{
    fields: RowFields;
    set: (change: Partial<RowFields>) => void;
    at: (...places: readonly string[]) => string | undefined;
  }>;

function SourceFields({
  fields,
  set,
  at,
  own,
  source,
  target,
  index,
  isReadOnly,
}: PartProps & Readonly<{ own: ReturnType<typeof mistakesAt> }>) {
  const names = source.attributes.map(({ name }) => name);
  switch (fields.kind) {
    case 'attribute':
      return (
        <Combobox
          label={t('mappings.field.source')}
          value={fields.name}
          onChange={(name) => set({ name })}
          options={optionsOf(source.attributes, fields.name)}
          isReadOnly={isReadOnly}
          error={at('source/name', 'source')}
        />
      );
    case 'constant':
      return (
        <TextField
          label={t('mappings.field.constant')}
          value={fields.constant}
          onChange={(constant) => set({ constant })}
          isReadOnly={isReadOnly}
          isVerbatim
          error={at('source')}
          {...(target.attributes.find(({ name }) => name === fields.target)?.isMultiValued === true && {
            hint: t('mappings.field.constantHint'),
          })}
        />
      );
    case 'expression':
      return (
        <ExpressionEditor
          label={t('mappings.field.expression')}
          hint={t('mappings.field.expressionHint')}
          value={fields.text}
          onChange={(text) => set({ text })}
          attributes={names}
          isReadOnly={isReadOnly}
          mistake={mistakesAt(own, `attributes/${index}/source`)[0]}
        />
      );
    case 'reference':
      return <ReferenceFields fields={fields} set={set} at={at} source={source} isReadOnly={isReadOnly} />;
  }
}

function ReferenceFields({
  fields,
  set,
  at,
  source,
  isReadOnly,
}: Pick<PartProps, 'fields' | 'set' | 'at' | 'source' | 'isReadOnly'>) {
  const { data } = useQuery(mappingsQuery());
  const own = { value: '', label: t('mappings.field.throughOwn') };
  const others = (data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  return (
    <>
      <Select
        label={t('mappings.field.link')}
        value={fields.link}
        onChange={(link) => set({ link })}
        options={source.links.map((link) => ({ value: link, label: link }))}
        isReadOnly={isReadOnly}
        error={at('source/link', 'source')}
      />
      <Select
        label={t('mappings.field.through')}
        hint={t('mappings.field.throughHint')}
        value={fields.through ?? ''}
        onChange={(name) => set({ through: name || null })}
        options={[own, ...others]}
        isReadOnly={isReadOnly}
        error={at('source/mapping')}
      />
    </>
  );
}

function RuleFields({ fields, set, at, source, isReadOnly }: PartProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('mappings.field.apply')}
          value={fields.apply}
          onChange={(apply) => set({ apply: apply ?? 'always' })}
          isReadOnly={isReadOnly}
          options={[
            { value: 'always', label: t('mappings.apply.always') },
            { value: 'on-create', label: t('mappings.apply.on-create') },
          ]}
          error={at('apply')}
        />
        <Select
          label={t('mappings.field.ifEmpty')}
          value={fields.ifEmpty}
          onChange={(ifEmpty) => set({ ifEmpty: ifEmpty ?? 'clear' })}
          isReadOnly={isReadOnly}
          options={[
            { value: 'clear', label: t('mappings.ifEmpty.clear') },
            { value: 'keep', label: t('mappings.ifEmpty.keep') },
          ]}
          error={at('ifEmpty')}
        />
      </div>
      {fields.kind !== 'reference' && (
        <TextField
          label={t('mappings.field.default')}
          hint={t('mappings.field.defaultHint')}
          value={fields.default}
          onChange={(value) => set({ default: value })}
          isReadOnly={isReadOnly}
          isOptional
          isVerbatim
          error={at('default')}
        />
      )}
      <FilterField
        label={t('mappings.field.condition')}
        hint={t('mappings.field.conditionHint')}
        value={fields.condition}
        onChange={(condition) => set({ condition })}
        attributes={source.attributes}
        prefix="/object/"
        isReadOnly={isReadOnly}
        error={at('condition')}
      />
    </>
  );
}
