/** A permission scaffolding → the access rules of its profile. */
import { type ConfigurationElement, nameElement } from './configuration.ts';
import { includedScaffoldings, type RuleTemplate, ruleTemplates } from './scaffolding-permissions.ts';
import type { Subject } from './scaffolding-subject.ts';
import { child } from './scaffolding-tasks.ts';
import type { AccessScaffoldingKind } from './schema-access.ts';

/** The rules of a scaffolding and of those that it brings along. */
export function expandAccessScaffolding(
  scaffolding: ConfigurationElement,
  subject: Subject,
): readonly ConfigurationElement[] {
  const { identifier: profile } = scaffolding;
  const kinds = withIncluded(scaffolding.kind as AccessScaffoldingKind);
  return kinds.flatMap((kind) =>
    templatesOf(kind, subject).map((template) => makeRule(template, profile, nameElement(scaffolding))),
  );
}

function withIncluded(kind: AccessScaffoldingKind): readonly AccessScaffoldingKind[] {
  return [kind, ...(includedScaffoldings[kind] ?? []).flatMap(withIncluded)];
}

function templatesOf(kind: AccessScaffoldingKind, { entityTypes }: Subject): readonly RuleTemplate[] {
  if (kind !== 'ResourceChangesViewAccessControlRules') return ruleTemplates[kind];
  return entityTypes.flatMap(({ identifier, label: [english, french], connector }) =>
    connector === undefined
      ? []
      : [
          {
            ending: `Custom_ResourceChanges_${identifier}`,
            english: `{profile} - ResourceChanges - ${english}`,
            french: `{profile} - ResourceChanges - ${french}`,
            dataSet: identifier,
            permissions: ['ResourceChanges', 'ResourceFileChanges', 'ResourceLinkChanges'].map(
              (what) => `/Custom/${what}/${connector}`,
            ),
          },
        ],
  );
}

function makeRule(template: RuleTemplate, profile: string, origin: string): ConfigurationElement {
  const named = (text: string) => text.replaceAll('{profile}', () => profile);
  const execution = template.isWithoutExecution ? {} : { CanExecute: 'true' };
  return {
    kind: 'AccessControlRule',
    identifier: `${profile}_${template.ending}`,
    attributes: {
      DisplayName_L1: named(template.english),
      DisplayName_L2: named(template.french),
      Profile: profile,
      EntityType: template.dataSet,
    },
    children: template.permissions.map((Permission) => child('Entry', { Permission, ...execution })),
    origin,
  };
}
