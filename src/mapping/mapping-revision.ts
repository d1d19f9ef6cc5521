/** Whether a change of a mapping can give linked pairs another result: they are compared again then. */
import type { MappingDefinition } from '../model/mapping.ts';

/** For each part of a mapping, whether what a linked pair comes to depends on it. */
const isPartOfResult: Readonly<Record<keyof MappingDefinition, boolean>> = {
  name: false,
  displayName: false,
  description: false,
  isEnabled: false,
  source: true,
  target: true,
  scope: true,
  sourceCondition: true,
  validTarget: true,
  // Filters choose what a run looks at, and correlation is for what is not linked.
  filterSource: false,
  filterTarget: false,
  correlation: false,
  linksOf: true,
  linkQualifiers: true,
  attributes: true,
  policies: true,
  settings: true,
  guards: false,
};

const isPartOfSettings: Readonly<Record<keyof MappingDefinition['settings'], boolean>> = {
  isLinking: true,
  runsTargetPhase: false,
  allowsEmptySource: false,
  correlatesEmptyTarget: false,
  updatesOutsideFilter: false,
  isSourceKeyCaseSensitive: true,
  isTargetKeyCaseSensitive: true,
};

/** Whether `after` may give linked pairs another result than `before`, so that it is a new revision. */
export function affectsResult(before: MappingDefinition, after: MappingDefinition): boolean {
  return resultText(before) !== resultText(after);
}

function resultText(definition: MappingDefinition): string {
  const settings = keep(definition.settings, isPartOfSettings);
  return JSON.stringify(sortedEntries({ ...keep(definition, isPartOfResult), settings }));
}

function keep<Part extends object>(
  part: Part,
  isKept: Readonly<Record<keyof Part, boolean>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(part).filter(([name]) => isKept[name as keyof Part]));
}

/** JSON whose names stand in one order, so that equal mappings are equal texts. */
function sortedEntries(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sortedEntries);
  if (typeof json !== 'object' || json === null) return json;
  return Object.entries(json)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => [name, sortedEntries(value)]);
}
