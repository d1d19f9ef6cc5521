/** What is typed of a new tenant, what of it is wrong before it is sent, and what is sent. */
import * as z from 'zod/mini';
import type { NewTenant } from '../../../../src/http/schemas/tenants.ts';
import { t } from '../../texts/integrations.ts';

export const clouds = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated'] as const;
export type Cloud = (typeof clouds)[number];

export type TenantValues = {
  readonly tenant: string;
  readonly cloud: Cloud;
  readonly endpoints: {
    readonly authority: string;
    readonly graph: string;
    readonly trustedCertificates: string;
  };
  readonly profileId: string;
  readonly isEnabled: boolean;
};

export const emptyTenant: TenantValues = {
  tenant: '',
  cloud: 'Global',
  endpoints: { authority: '', graph: '', trustedCertificates: '' },
  profileId: '',
  isEnabled: true,
};

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/** Whether a text may be a tenant; whether there is one is for its sign-in to say. */
export function isTenant(text: string): boolean {
  return guid.test(text.trim()) || domain.test(text.trim());
}

export const tenantSchema = z
  .object({
    tenant: z.string(),
    cloud: z.enum(clouds),
    endpoints: z.object({ authority: z.string(), graph: z.string(), trustedCertificates: z.string() }),
    profileId: z.string(),
    isEnabled: z.boolean(),
  })
  .check(({ value, issues }) => {
    for (const [path, message] of mistakesOf(value)) {
      issues.push({ code: 'custom', message, path: [...path], input: value });
    }
  });

type Mistake = readonly [path: readonly string[], message: string];

function mistakesOf({ tenant, cloud, endpoints, profileId }: TenantValues): Mistake[] {
  const mistakes: Mistake[] = [];
  if (tenant.trim() === '') mistakes.push([['tenant'], t('integrations.tenantMissing')]);
  else if (!isTenant(tenant)) mistakes.push([['tenant'], t('integrations.tenantWrong')]);
  if (cloud === 'Custom') {
    for (const field of ['authority', 'graph'] as const) {
      if (/^https?:\/\/./i.test(endpoints[field].trim())) continue;
      mistakes.push([['endpoints', field], t('integrations.addressMissing')]);
    }
  }
  if (profileId === '') mistakes.push([['profileId'], t('integrations.profileMissing')]);
  return mistakes;
}

/** Where the tenant is, as the server takes it. */
export function placeOf({
  tenant,
  cloud,
  endpoints,
}: TenantValues): Pick<NewTenant, 'tenant' | 'cloud' | 'endpoints'> {
  if (cloud !== 'Custom') return { tenant: tenant.trim(), cloud };
  const { authority, graph, trustedCertificates } = endpoints;
  return {
    tenant: tenant.trim(),
    cloud,
    endpoints: {
      authority: authority.trim(),
      graph: graph.trim(),
      trustedCertificates: trustedCertificates.trim() === '' ? null : trustedCertificates,
    },
  };
}

export const tenantLabels = {
  tenant: t('integrations.tenant'),
  cloud: t('integrations.cloud'),
  endpoints: t('integrations.endpoints'),
  'endpoints.authority': t('integrations.authority'),
  'endpoints.graph': t('integrations.graph'),
  'endpoints.trustedCertificates': t('integrations.trusted'),
  profileId: t('integrations.credentialProfile'),
  isEnabled: t('integrations.enabled'),
};
