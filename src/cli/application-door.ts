// What the server is told of applications: the catalog with the mappings that it makes, and what mappings read.
import type { ApplicationDoor, ApplicationTemplate } from '../http/application-door.ts';
import { compileMapping } from '../mapping/compile-mapping.ts';
import { microsoftEntraMapping, microsoftEntraTemplate } from '../mapping/microsoft-entra-template.ts';
import { identitiesConnection } from '../model/identity-schema.ts';
import type { Policy } from '../model/mapping.ts';
import type { Action, Situation } from '../model/reconciliation.ts';

export const applicationDoor: ApplicationDoor = {
  templates: [openEntraTemplate()],
  readsOf(definition) {
    const outcome = compileMapping(definition);
    // What was saved could be compiled then; what a later version cannot compile, its page says.
    if (outcome.kind === 'mistakes') return { attributes: [], links: [] };
    const { sourceAttributes, references } = outcome.mapping;
    return { attributes: sourceAttributes, links: references.map(({ link }) => link) };
  },
};

function openEntraTemplate(): ApplicationTemplate {
  const { id, name, description, capabilities, sourceType, targetType, permissions } = microsoftEntraTemplate;
  const target = { connection: identitiesConnection, type: targetType };
  const drafted = microsoftEntraMapping('', { source: { connection: '', type: sourceType }, target });
  return {
    id,
    name,
    description,
    capabilities: [...capabilities],
    defaultMapping: {
      sourceType,
      target,
      rows: drafted.attributes.flatMap(({ source, target: attribute }) =>
        source.kind === 'attribute' ? [{ source: source.name, target: attribute }] : [],
      ),
    },
    permissions: permissions.map((permission) => ({ ...permission })),
    draftMapping: (application, connection) => {
      const sides = { source: { connection, type: sourceType }, target };
      const mapping = microsoftEntraMapping(`${application.name} to identities`, sides);
      return application.isAuthoritative ? mapping : { ...mapping, policies: pairingOnly(mapping.policies) };
    },
  };
}

/** Of an application that identities do not come from: accounts are paired with identities, and no identity is made or changed. */
const pairing: Readonly<Partial<Record<Situation, Action>>> = {
  CONFIRMED: 'IGNORE',
  FOUND: 'LINK',
  ABSENT: 'EXCEPTION',
};

function pairingOnly(policies: readonly Policy[]): readonly Policy[] {
  return policies.map((policy) => ({ ...policy, action: pairing[policy.situation] ?? policy.action }));
}
