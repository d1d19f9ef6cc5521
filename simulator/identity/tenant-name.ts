// The first path segment of every identity platform address: a tenant's id, one of its domains, or a word for many
// tenants at once.
import { type Refusal, refuse } from './aadsts.ts';
import type { AppRegistry } from './app-registry.ts';

const manyTenants = ['common', 'organizations', 'consumers'] as const;

export type NamedTenant =
  | { readonly kind: 'tenant'; readonly tenantId: string }
  | { readonly kind: 'many'; readonly word: (typeof manyTenants)[number] };

/** What a path segment names. Ids and domain names are compared without case. */
export function findTenant(registry: AppRegistry, segment: string): NamedTenant | Refusal {
  const name = segment.toLowerCase();
  const word = manyTenants.find((candidate) => candidate === name);
  if (word !== undefined) return { kind: 'many', word };
  if (name === registry.tenantId.toLowerCase() || isDomainOf(registry, name)) {
    return { kind: 'tenant', tenantId: registry.tenantId };
  }
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
  const isDnsName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])$/.test(name);
  return refuse(isGuid || isDnsName ? 90002 : 900023, { tenant: segment });
}

/** Whether the name is one of the tenant's verified domains. */
export function isDomainOf(registry: AppRegistry, name: string): boolean {
  return registry.domains().some((domain) => domain.toLowerCase() === name.toLowerCase());
}
