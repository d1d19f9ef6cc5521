/** A scoping filter in the form of Microsoft Graph: groups of clauses, of which one group has to be met as a whole. */
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import type { ScopingOperator } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import type { MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { expressionLanguageQuery } from '../../../data/mappings.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { CompactSelect } from '../../../kit/select.tsx';
import { t } from '../../../texts/mappings.ts';
import { FilterCount } from '../filters/filter-count.tsx';

type Clause = Readonly<{
  operatorName: string;
  sourceOperandName: string;
  targetOperand: Readonly<{ values: readonly string[] }> | null;
}>;
type Group = Readonly<{ name: string; clauses: readonly Clause[] }>;
type Filter = Readonly<{ groups?: readonly Group[] }>;

type Props = Readonly<{
  /** As Graph has it; null where there is none. */
  value: unknown;
  onChange: (value: unknown) => void;
  source: MappingSide;
  isReadOnly: boolean;
  error: string | undefined;
}>;

export function ScopingGroups({ value, onChange, source, isReadOnly, error }: Props) {
  const { data: language } = useQuery(expressionLanguageQuery);
  const operators = language?.scopingOperators ?? [];
  const filter = (value ?? {}) as Filter;
  const groups = filter.groups ?? [];
  const put = (next: readonly Group[]) => {
    const others = Object.keys(filter).some((name) => name !== 'groups');
    // Without any group there is no filter, unless it has other parts, which are kept.
    onChange(next.length === 0 && !others ? null : { ...filter, groups: next });
  };
  const putGroup = (place: number, group: Group) =>
    put(groups.map((one, other) => (other === place ? group : one)));
  return (
    <fieldset className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <legend className="mb-1 text-[.8667rem] font-medium">{t('mappings.scopeGroups')}</legend>
      <p className="text-[.8rem] text-muted">{t('mappings.scopeGroupsHint')}</p>
      {groups.map((group, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place.
        <div key={place} className="grid grid-cols-[minmax(0,1fr)] gap-2">
          {place > 0 && <p className="font-medium">{t('mappings.scopeOr')}</p>}
          <GroupBox
            group={group}
            number={place + 1}
            source={source}
            operators={operators}
            isReadOnly={isReadOnly}
            onChange={(next) => putGroup(place, next)}
            onRemove={() => put(groups.filter((_, other) => other !== place))}
          />
        </div>
      ))}
      {error !== undefined && <p className="text-[.8rem] font-medium text-bad">{error}</p>}
      {!isReadOnly && (
        <div>
          <Button
            icon={Plus}
            onClick={() =>
              put([...groups, { name: t('mappings.scopeGroup', { number: groups.length + 1 }), clauses: [] }])
            }
          >
            {t('mappings.scopeAddGroup')}
          </Button>
        </div>
      )}
      {groups.length > 0 && error === undefined && <FilterCount set={source} filter={{ scoping: value }} />}
    </fieldset>
  );
}

type GroupProps = Readonly<{
  group: Group;
  number: number;
  source: MappingSide;
  operators: readonly ScopingOperator[];
  isReadOnly: boolean;
  onChange: (group: Group) => void;
  onRemove: () => void;
}>;

function GroupBox({ group, number, source, operators, isReadOnly, onChange, onRemove }: GroupProps) {
  const { name, clauses } = group;
  const put = (next: readonly Clause[]) => onChange({ ...group, clauses: next });
  const [usual] = operators;
  const [first] = source.attributes;
  return (
    <fieldset className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line p-3">
      <legend className="sr-only">{t('mappings.scopeGroup', { number })}</legend>
      <div className="flex items-center gap-2">
        <input
          aria-label={t('mappings.scopeGroupName', { number })}
          className="field max-w-80"
          value={name}
          readOnly={isReadOnly}
          onChange={(event) => onChange({ ...group, name: event.target.value })}
        />
        {!isReadOnly && (
          <IconButton icon={X} label={t('mappings.scopeRemoveGroup', { number })} onClick={onRemove} />
        )}
      </div>
      {clauses.map((clause, place) => (
        <ClauseLine
          // biome-ignore lint/suspicious/noArrayIndexKey: a clause is its place.
          key={place}
          clause={clause}
          number={place + 1}
          source={source}
          operators={operators}
          isReadOnly={isReadOnly}
          onChange={(next) => put(clauses.map((one, other) => (other === place ? next : one)))}
          onRemove={() => put(clauses.filter((_, other) => other !== place))}
        />
      ))}
      {!isReadOnly && usual && first && (
        <div>
          <Button
            icon={Plus}
            onClick={() =>
              put([
                ...clauses,
                { operatorName: usual.name, sourceOperandName: first.name, targetOperand: { values: [''] } },
              ])
            }
          >
            {t('mappings.scopeAddClause')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

type ClauseProps = Omit<GroupProps, 'group' | 'onChange'> &
  Readonly<{ clause: Clause; onChange: (clause: Clause) => void }>;

function ClauseLine({ clause, number, source, operators, isReadOnly, onChange, onRemove }: ClauseProps) {
  const { operatorName, sourceOperandName, targetOperand } = clause;
  const names = new Set([sourceOperandName, ...source.attributes.map(({ name }) => name)]);
  const operator = operators.find(({ name }) => name === operatorName);
  const values = targetOperand?.values ?? [''];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <CompactSelect
        label={t('mappings.scopeAttribute', { number })}
        className="min-w-36 flex-1"
        value={sourceOperandName}
        isReadOnly={isReadOnly}
        options={[...names].map((name) => ({ value: name, label: name }))}
        onChange={(name) => onChange({ ...clause, sourceOperandName: name ?? sourceOperandName })}
      />
      <CompactSelect
        label={t('mappings.scopeOperator', { number })}
        className="w-48"
        value={operatorName}
        isReadOnly={isReadOnly}
        options={operators.map(({ name, label }) => ({ value: name, label, hint: name }))}
        onChange={(name) => {
          const isUnary = operators.find((one) => one.name === name)?.arity === 'unary';
          onChange({
            ...clause,
            operatorName: name ?? operatorName,
            targetOperand: isUnary ? null : (targetOperand ?? { values: [''] }),
          });
        }}
      />
      {operator?.arity !== 'unary' &&
        values.map((value, place) => (
          <input
            // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place.
            key={place}
            aria-label={t('mappings.scopeValue', { number })}
            className="field min-w-36 flex-1"
            value={value}
            readOnly={isReadOnly}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              const typed = event.target.value;
              const next = values.map((one, other) => (other === place ? typed : one));
              onChange({ ...clause, targetOperand: { ...targetOperand, values: next } });
            }}
          />
        ))}
      {!isReadOnly && (
        <IconButton icon={X} label={t('mappings.scopeRemoveClause', { number })} onClick={onRemove} />
      )}
    </div>
  );
}
