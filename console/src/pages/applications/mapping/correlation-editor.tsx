/** Correlation: the rules by which an account that is not linked yet finds its counterpart, in the order in which they are tried. */
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { MappingMistake, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { Combobox } from '../../../kit/combobox.tsx';
import { CompactSelect, Select } from '../../../kit/select.tsx';
import { t } from '../../../texts/mappings.ts';
import { ExpressionEditor } from './expression-editor.tsx';
import {
  type AttributeRow,
  type CorrelationRule,
  type CorrelationTree,
  messageAt,
  mistakesAt,
  moved,
} from './mapping-values.ts';
import { optionsOf } from './row-values.ts';

type Props = Readonly<{
  rules: readonly CorrelationRule[];
  rows: readonly AttributeRow[];
  qualifiers: readonly string[];
  source: MappingSide;
  target: MappingSide;
  mistakes: readonly MappingMistake[];
  isReadOnly: boolean;
  onChange: (rules: readonly CorrelationRule[]) => void;
}>;

export function CorrelationEditor(props: Props) {
  const { rules, mistakes, isReadOnly, onChange } = props;
  return (
    <Card title={t('mappings.match')}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <p className="max-w-3xl text-muted">{t('mappings.matchHint')}</p>
        {rules.length === 0 && <Banner kind="info" title={t('mappings.matchNone')} />}
        <ol className="grid grid-cols-[minmax(0,1fr)] gap-4">
          {rules.map((rule, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place.
            <li key={index}>
              <Rule {...props} rule={rule} index={index} />
            </li>
          ))}
        </ol>
        <Message text={mistakes.find(({ path }) => path === 'correlation')?.message} />
        {!isReadOnly && (
          <div>
            <Button icon={Plus} onClick={() => onChange([...rules, { match: { all: [] } }])}>
              {t('mappings.matchAdd')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Rule(props: Props & Readonly<{ rule: CorrelationRule; index: number }>) {
  const { rule, index, rules, qualifiers, mistakes, isReadOnly, onChange } = props;
  const number = index + 1;
  const put = (next: CorrelationRule) => onChange(rules.map((one, place) => (place === index ? next : one)));
  const { qualifier } = rule;
  const qualified = qualifier === undefined ? {} : { qualifier };
  return (
    <fieldset className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-line p-3">
      <legend className="px-1 font-medium">{t('mappings.matchRule', { number })}</legend>
      <div className="flex flex-wrap items-center gap-2">
        <CompactSelect
          label={t('mappings.matchKind')}
          className="w-56"
          value={'match' in rule ? 'match' : 'expression'}
          isReadOnly={isReadOnly}
          options={[
            { value: 'match', label: t('mappings.matchKind.match') },
            { value: 'expression', label: t('mappings.matchKind.expression') },
          ]}
          onChange={(kind) =>
            put({
              ...qualified,
              ...(kind === 'expression' ? { attribute: '', expression: '' } : { match: { all: [] } }),
            })
          }
        />
        {(qualifiers.length > 1 || qualifier !== undefined) && (
          <CompactSelect
            label={t('mappings.matchQualifier')}
            value={qualifier ?? ''}
            isReadOnly={isReadOnly}
            options={[
              { value: '', label: t('mappings.matchQualifierAll') },
              ...qualifiers.map((name) => ({ value: name, label: name })),
            ]}
            onChange={(name) => {
              const { qualifier: _, ...others } = rule;
              put(name ? { ...others, qualifier: name } : others);
            }}
          />
        )}
        {!isReadOnly && (
          <span className="ms-auto flex">
            <IconButton
              icon={ArrowUp}
              label={t('mappings.matchUp', { number })}
              isDisabled={index === 0}
              onClick={() => onChange(moved(rules, index, index - 1))}
            />
            <IconButton
              icon={ArrowDown}
              label={t('mappings.matchDown', { number })}
              isDisabled={index === rules.length - 1}
              onClick={() => onChange(moved(rules, index, index + 1))}
            />
            <IconButton
              icon={X}
              label={t('mappings.matchRemove', { number })}
              onClick={() => onChange(rules.filter((_, place) => place !== index))}
            />
          </span>
        )}
      </div>
      {'match' in rule ? (
        <Group {...props} tree={rule.match} depth={0} onTree={(match) => put({ ...qualified, match })} />
      ) : (
        <ByExpression {...props} rule={rule} onRule={(next) => put({ ...qualified, ...next })} />
      )}
      {'match' in rule && <Message text={messageAt(mistakes, `correlation/${index}`)} />}
    </fieldset>
  );
}

function ByExpression({
  rule,
  index,
  source,
  target,
  mistakes,
  isReadOnly,
  onRule,
}: Props &
  Readonly<{
    rule: Readonly<{ attribute: string; expression: string }>;
    index: number;
    onRule: (rule: Readonly<{ attribute: string; expression: string }>) => void;
  }>) {
  const { attribute, expression } = rule;
  const path = `correlation/${index}`;
  return (
    <>
      <Combobox
        label={t('mappings.matchAttribute')}
        value={attribute === '' ? null : attribute}
        options={optionsOf(target.attributes, attribute)}
        isReadOnly={isReadOnly}
        error={attribute === '' ? undefined : messageAt(mistakes, `${path}/attribute`)}
        onChange={(name) => onRule({ attribute: name ?? '', expression })}
      />
      <ExpressionEditor
        label={t('mappings.field.expression')}
        hint={t('mappings.field.expressionHint')}
        value={expression}
        attributes={source.attributes.map(({ name }) => name)}
        isReadOnly={isReadOnly}
        mistake={mistakesAt(mistakes, `${path}/expression`)[0]}
        onChange={(text) => onRule({ attribute, expression: text })}
      />
    </>
  );
}

const deepest = 4;

type GroupProps = Pick<Props, 'rows' | 'target' | 'isReadOnly'> &
  Readonly<{ tree: CorrelationTree; depth: number; onTree: (tree: CorrelationTree) => void }>;

/** Any or all of attributes and groups within it. An attribute alone is a group of one. */
function Group({ tree, depth, onTree, ...props }: GroupProps) {
  const { rows, target, isReadOnly } = props;
  const join = typeof tree === 'object' && 'any' in tree ? 'any' : 'all';
  const members = membersOf(tree);
  const put = (next: readonly CorrelationTree[], how = join) =>
    onTree(how === 'any' ? { any: next } : { all: next });
  const names = target.attributes.map(({ name }) => name);
  const mapped = rows.map((row) => row.target).filter((name) => names.includes(name));
  const chosen = members.filter((member) => typeof member === 'string');
  const free = mapped.filter((name) => !chosen.includes(name));
  return (
    <div className={`grid grid-cols-[minmax(0,1fr)] gap-2 ${depth > 0 ? 'border-s-2 border-line ps-3' : ''}`}>
      <CompactSelect
        label={t('mappings.matchGroup')}
        className="w-80 max-w-full"
        value={join}
        isReadOnly={isReadOnly}
        options={[
          { value: 'any', label: t('mappings.matchAny') },
          { value: 'all', label: t('mappings.matchAll') },
        ]}
        onChange={(next) => put(members, next ?? 'all')}
      />
      {members.map((member, place) => {
        const replace = (next: CorrelationTree) =>
          put(members.map((one, other) => (other === place ? next : one)));
        const remove = () => put(members.filter((_, other) => other !== place));
        const removal =
          typeof member === 'string'
            ? t('mappings.matchRemoveAttribute', { name: member })
            : t('mappings.matchRemoveGroup');
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a member is its place.
            key={place}
            className={`flex gap-2 ${typeof member === 'string' ? 'items-end' : 'items-start'}`}
          >
            <div className="min-w-0 flex-1">
              {typeof member === 'string' ? (
                <Select
                  label={t('mappings.matchAttribute')}
                  value={member}
                  isReadOnly={isReadOnly}
                  options={[...new Set([member, ...mapped])].map((name) => ({
                    value: name,
                    label: mapped.includes(name) ? name : t('mappings.matchUnmapped', { name }),
                  }))}
                  onChange={(name) => replace(name ?? member)}
                />
              ) : (
                <Group {...props} tree={member} depth={depth + 1} onTree={replace} />
              )}
            </div>
            {!isReadOnly && <IconButton icon={X} label={removal} onClick={remove} />}
          </div>
        );
      })}
      {!isReadOnly && (
        <div className="flex flex-wrap gap-2">
          <Button
            icon={Plus}
            isDisabled={mapped.length === 0}
            onClick={() => put([...members, free[0] ?? mapped[0] ?? ''])}
          >
            {t('mappings.matchAddAttribute')}
          </Button>
          {depth < deepest && (
            <Button icon={Plus} onClick={() => put([...members, { any: [] }])}>
              {t('mappings.matchAddGroup')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function membersOf(tree: CorrelationTree): readonly CorrelationTree[] {
  if (typeof tree === 'string') return [tree];
  return 'any' in tree ? tree.any : tree.all;
}

function Message({ text }: Readonly<{ text: string | undefined }>) {
  return text === undefined ? null : <p className="text-[.8rem] font-medium text-bad">{text}</p>;
}
