/** The scope of a mapping: conditions, scoping filter groups and an expression, and how many accounts are in it. */
import type { MappingMistake, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { Card } from '../../../kit/card.tsx';
import { t } from '../../../texts/mappings.ts';
import { FilterCount } from '../filters/filter-count.tsx';
import { FilterField } from '../filters/filter-field.tsx';
import { ExpressionEditor } from './expression-editor.tsx';
import { messageAt, mistakesAt, type Scope } from './mapping-values.ts';
import { ScopingGroups } from './scoping-groups.tsx';

type Props = Readonly<{
  scope: Scope;
  source: MappingSide;
  target: MappingSide;
  mistakes: readonly MappingMistake[];
  isReadOnly: boolean;
  onChange: (scope: Scope) => void;
}>;

export function ScopeEditor({ scope, source, target, mistakes, isReadOnly, onChange }: Props) {
  const set = (change: Partial<Scope>) => onChange({ ...scope, ...change });
  const { queryFilter, scopingFilter, expression } = scope;
  const given = {
    ...(queryFilter.trim() !== '' && { query: queryFilter }),
    ...(scopingFilter !== null && { scoping: scopingFilter }),
    ...(expression.trim() !== '' && { expression }),
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Card title={t('mappings.scope')}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <p className="max-w-3xl text-muted">{t('mappings.scopeHint')}</p>
          <FilterField
            counted={source}
            label={t('mappings.scopeFilter')}
            value={queryFilter}
            onChange={(text) => set({ queryFilter: text })}
            attributes={source.attributes}
            isReadOnly={isReadOnly}
            error={messageAt(mistakes, 'scope/queryFilter')}
          />
          <ScopingGroups
            value={scopingFilter}
            onChange={(filter) => set({ scopingFilter: filter })}
            source={source}
            isReadOnly={isReadOnly}
            error={messageAt(mistakes, 'scope/scopingFilter')}
          />
          <ExpressionEditor
            label={t('mappings.scopeExpression')}
            hint={t('mappings.scopeExpressionHint')}
            value={expression}
            onChange={(text) => set({ expression: text })}
            attributes={source.attributes.map(({ name }) => name)}
            isReadOnly={isReadOnly}
            isOptional
            mistake={mistakesAt(mistakes, 'scope/expression')[0]}
          />
          <section aria-label={t('mappings.scopeCount')} className="border-t border-line pt-3">
            <h3 className="font-medium">{t('mappings.scopeCount')}</h3>
            <FilterCount set={source} filter={given} />
          </section>
        </div>
      </Card>
      <Card title={t('mappings.scopeMore')}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <FilterField
            label={t('mappings.sourceCondition')}
            hint={t('mappings.sourceConditionHint')}
            value={scope.sourceCondition}
            onChange={(sourceCondition) => set({ sourceCondition })}
            attributes={source.attributes}
            counted={source}
            isReadOnly={isReadOnly}
            error={messageAt(mistakes, 'sourceCondition')}
          />
          <FilterField
            label={t('mappings.validTarget')}
            hint={t('mappings.validTargetHint')}
            value={scope.validTarget}
            onChange={(validTarget) => set({ validTarget })}
            attributes={target.attributes}
            counted={target}
            isReadOnly={isReadOnly}
            error={messageAt(mistakes, 'validTarget')}
          />
        </div>
      </Card>
    </div>
  );
}
