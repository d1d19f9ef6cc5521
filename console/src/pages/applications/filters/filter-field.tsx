/** A query filter: any or all of a list of conditions, or its text; and how many stored resources meet it. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { SideAttribute } from '../../../../../src/http/schemas/mappings.ts';
import type { ObjectSet } from '../../../data/mappings.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import type { InputProps } from '../../../kit/input-props.ts';
import { CompactSelect } from '../../../kit/select.tsx';
import { TextArea } from '../../../kit/text-field.tsx';
import { t } from '../../../texts/mappings.ts';
import {
  type Condition,
  type Conditions,
  conditionOperators,
  readConditions,
  takesValue,
  writeConditions,
} from './conditions.ts';
import { FilterCount } from './filter-count.tsx';

type Props = InputProps<string> &
  Readonly<{
    /** What can be asked for. */
    attributes: readonly SideAttribute[];
    /** Counts what meets it there; nothing is counted without. */
    counted?: ObjectSet;
    /** Whether the label stands above the field already. */
    isTitled?: boolean;
    /** Before each attribute in the text, where a filter is about more than one object: `/object/`. */
    prefix?: string;
  }>;

export function FilterField({ attributes, counted, isTitled = false, prefix = '', ...props }: Props) {
  const { label, value, onChange, isReadOnly = false, hint, error } = props;
  const read = readConditions(value);
  // Rows that say nothing yet stand in no text.
  const [rows, setRows] = useState<Conditions>(read ?? { join: 'all', conditions: [] });
  const [isText, setText] = useState(read === undefined);
  const shown = read !== undefined && writeConditions(rows) !== writeConditions(read) ? read : rows;
  const change = (next: Conditions) => {
    setRows(next);
    onChange(writeConditions(next));
  };
  const showRows = () => {
    if (read) setRows(read);
    setText(false);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {isText ? (
        <TextArea {...props} isCode rows={3} />
      ) : (
        <fieldset className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <legend className={isTitled ? 'sr-only' : 'mb-1 text-[.8667rem] font-medium'}>{label}</legend>
          <Rows
            shown={shown}
            attributes={attributes}
            prefix={prefix}
            isReadOnly={isReadOnly}
            onChange={change}
          />
          {error !== undefined && (
            <p role="alert" className="text-[.8rem] font-medium text-bad">
              {error}
            </p>
          )}
          {hint !== undefined && <p className="text-[.8rem] text-muted">{hint}</p>}
        </fieldset>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {!isText && !isReadOnly && (
          <Button
            icon={Plus}
            onClick={() => change({ ...shown, conditions: [...shown.conditions, emptyCondition] })}
          >
            {t('filters.add')}
          </Button>
        )}
        {isText ? (
          <Button
            look="ghost"
            disabledReason={read === undefined ? t('filters.notRows') : undefined}
            onClick={showRows}
          >
            {t('filters.asRows')}
          </Button>
        ) : (
          <Button look="ghost" onClick={() => setText(true)}>
            {t('filters.asText')}
          </Button>
        )}
      </div>
      {counted && <FilterCount set={counted} filter={value.trim() === '' ? {} : { query: value }} />}
    </div>
  );
}

const emptyCondition: Condition = { attribute: '', operator: 'eq', value: '', isText: true };

/** What the type of an attribute is compared as. */
function isTextType(attribute: SideAttribute | undefined): boolean {
  return !/^(boolean|int|number|double|decimal|edm\.(boolean|int|double))/i.test(attribute?.type ?? '');
}

function Rows({
  shown,
  attributes,
  prefix,
  isReadOnly,
  onChange,
}: Readonly<{
  shown: Conditions;
  attributes: readonly SideAttribute[];
  prefix: string;
  isReadOnly: boolean;
  onChange: (conditions: Conditions) => void;
}>) {
  const { join, conditions } = shown;
  const set = (index: number, condition: Condition) =>
    onChange({ join, conditions: conditions.map((one, place) => (place === index ? condition : one)) });
  const names = attributes.map(({ name }) => `${prefix}${name}`);
  return (
    <>
      {conditions.length > 1 && (
        <CompactSelect
          label={t('filters.join')}
          className="w-72 max-w-full"
          value={join}
          isReadOnly={isReadOnly}
          options={[
            { value: 'all', label: t('filters.all') },
            { value: 'any', label: t('filters.any') },
          ]}
          onChange={(next) => onChange({ join: next ?? 'all', conditions })}
        />
      )}
      {conditions.map((condition, index) => {
        const { attribute, operator, value } = condition;
        const known = names.includes(attribute) || attribute === '' ? names : [attribute, ...names];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
          <div key={index} className="flex flex-wrap items-center gap-2">
            <CompactSelect
              label={t('filters.attribute', { number: index + 1 })}
              className="min-w-36 flex-1"
              value={attribute === '' ? null : attribute}
              isReadOnly={isReadOnly}
              options={known.map((name) => ({
                value: name,
                label: prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name,
              }))}
              onChange={(name) => {
                const chosen = attributes.find((one) => `${prefix}${one.name}` === name);
                set(index, { ...condition, attribute: name ?? '', isText: isTextType(chosen) });
              }}
            />
            <CompactSelect
              label={t('filters.operator', { number: index + 1 })}
              className="w-40"
              value={operator}
              isReadOnly={isReadOnly}
              options={conditionOperators.map((one) => ({ value: one, label: t(`filters.op.${one}`) }))}
              onChange={(next) => set(index, { ...condition, operator: next ?? 'eq' })}
            />
            {takesValue(operator) && (
              <input
                aria-label={t('filters.value', { number: index + 1 })}
                className="field min-w-36 flex-1"
                value={value}
                readOnly={isReadOnly}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => set(index, { ...condition, value: event.target.value })}
              />
            )}
            {!isReadOnly && (
              <IconButton
                icon={X}
                label={t('filters.remove', { number: index + 1 })}
                onClick={() =>
                  onChange({ join, conditions: conditions.filter((_, place) => place !== index) })
                }
              />
            )}
          </div>
        );
      })}
      {conditions.length === 0 && <p className="text-muted">{t('filters.none')}</p>}
    </>
  );
}
