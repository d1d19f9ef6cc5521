/** Mappings as elements of a configuration, so that they are compared, and their differences told, like everything else in it. Pure. */
import { writeMapping } from '../mapping/mapping-document.ts';
import type { CorrelationRule, MappingDefinition, ValueSource } from '../model/mapping.ts';
import type { ChildElement, ConfigurationElement, ElementAttributes } from './configuration.ts';

/** The kind that mappings have among the elements. */
export const mappingKind = 'Mapping';

/** A mapping as an element. `owner` is who has the say about it now. */
export function elementOfMapping(mapping: MappingDefinition, owner: string): ConfigurationElement {
  // With the names of all free JSON in one order, whoever kept it.
  const definition = JSON.parse(writeMapping(mapping)) as MappingDefinition;
  const { name, displayName, source, target, scope, settings, guards } = definition;
  return {
    kind: mappingKind,
    identifier: name,
    attributes: textsOf({
      DisplayName_L1: displayName,
      owner,
      description: definition.description,
      source: `${source.connection}/${source.type}`,
      target: `${target.connection}/${target.type}`,
      isEnabled: definition.isEnabled,
      scopingFilter: scope.scopingFilter,
      'scope.queryFilter': scope.queryFilter,
      'scope.expression': scope.expression,
      sourceCondition: definition.sourceCondition,
      validTarget: definition.validTarget,
      filterSource: definition.filterSource,
      filterTarget: definition.filterTarget,
      linksOf: definition.linksOf,
      ...settings,
    }),
    children: [
      ...definition.linkQualifiers.map(({ name: Identifier, condition }) =>
        child('LinkQualifier', { Identifier, condition }),
      ),
      ...definition.correlation.map(ruleChild),
      ...definition.attributes.map(({ target: Identifier, source: from, ...row }) =>
        child('Attribute', { Identifier, ...row, from: sourceText(from) }),
      ),
      ...definition.policies.map(({ situation, action, condition }) =>
        child('Policy', { Identifier: situation, action, condition }),
      ),
      ...Object.entries(guards).map(([Identifier, { count, percent }]) =>
        child('Guard', { Identifier, count, percent }),
      ),
    ],
  };
}

function ruleChild(rule: CorrelationRule): ChildElement {
  return 'match' in rule
    ? child('Correlation', { qualifier: rule.qualifier, match: rule.match })
    : child('Correlation', {
        qualifier: rule.qualifier,
        attribute: rule.attribute,
        expression: rule.expression,
      });
}

function sourceText(source: ValueSource): string {
  switch (source.kind) {
    case 'attribute':
      return `attribute ${source.name}`;
    case 'constant':
      return `constant ${JSON.stringify(source.value)}`;
    case 'expression':
      return `expression ${source.text}`;
    case 'reference':
      return `links ${source.link}${source.mapping === undefined ? '' : ` through ${source.mapping}`}`;
  }
}

function child(kind: string, values: Readonly<Record<string, unknown>>): ChildElement {
  return { kind, attributes: textsOf(values), children: [] };
}

/** What has no value, or an empty text, is as good as missing. */
function textsOf(values: Readonly<Record<string, unknown>>): ElementAttributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, string][] => {
      if (value === undefined || value === '') return [];
      return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
    }),
  );
}
