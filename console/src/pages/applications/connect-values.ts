/** What is typed to connect an application, what of it is wrong before it is sent, and what is sent. */
import * as z from 'zod/mini';
import type { Application, ApplicationConnect } from '../../../../src/http/schemas/applications.ts';
import { t } from '../../texts/applications.ts';
import { type Cloud, clouds, isTenant } from '../integrations/tenant-values.ts';

export type ConnectValues = {
  readonly kind: 'typed' | 'named';
  /** A tenant that Syncline has already. */
  readonly connection: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cloud: Cloud;
  readonly endpoints: {
    readonly authority: string;
    readonly graph: string;
    readonly trustedCertificates: string;
  };
};

/** The form for an application: empty, or with all but the secret where it is connected already. */
export function connectValuesOf({ connection }: Application): ConnectValues {
  const { tenant, clientId, cloud } = connection;
  return {
    kind: 'typed',
    connection: '',
    tenant: tenant ?? '',
    clientId: clientId ?? '',
    clientSecret: '',
    cloud: clouds.find((one) => one === cloud) ?? 'Global',
    endpoints: { authority: '', graph: '', trustedCertificates: '' },
  };
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const connectSchema = z
  .object({
    kind: z.enum(['typed', 'named']),
    connection: z.string(),
    tenant: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    cloud: z.enum(clouds),
    endpoints: z.object({ authority: z.string(), graph: z.string(), trustedCertificates: z.string() }),
  })
  .check(({ value, issues }) => {
    for (const [path, message] of mistakesOf(value)) {
      issues.push({ code: 'custom', message, path: [...path], input: value });
    }
  });

type Mistake = readonly [path: readonly string[], message: string];

function mistakesOf(values: ConnectValues): Mistake[] {
  const { kind, connection, tenant, clientId, cloud, endpoints } = values;
  if (kind === 'named') {
    return connection === '' ? [[['connection'], t('connect.connectionMissing')]] : [];
  }
  const mistakes: Mistake[] = [];
  if (tenant.trim() === '') mistakes.push([['tenant'], t('connect.tenantMissing')]);
  else if (!isTenant(tenant)) mistakes.push([['tenant'], t('connect.tenantWrong')]);
  if (clientId.trim() === '') mistakes.push([['clientId'], t('connect.clientIdMissing')]);
  else if (!guid.test(clientId.trim())) mistakes.push([['clientId'], t('connect.clientIdWrong')]);
  if (cloud === 'Custom') {
    for (const field of ['authority', 'graph'] as const) {
      if (/^https?:\/\/./i.test(endpoints[field].trim())) continue;
      mistakes.push([['endpoints', field], t('connect.addressMissing')]);
    }
  }
  return mistakes;
}

/** As the server takes it. */
export function connectOf(values: ConnectValues, replacesCredentials: boolean): ApplicationConnect {
  if (values.kind === 'named') return { connection: values.connection };
  const { tenant, clientId, clientSecret, cloud, endpoints } = values;
  const { authority, graph, trustedCertificates } = endpoints;
  return {
    tenant: tenant.trim(),
    cloud,
    ...(cloud === 'Custom' && {
      endpoints: {
        authority: authority.trim(),
        graph: graph.trim(),
        trustedCertificates: trustedCertificates.trim() === '' ? null : trustedCertificates,
      },
    }),
    clientId: clientId.trim(),
    ...(clientSecret !== '' && { clientSecret }),
    replacesCredentials,
  };
}

export const connectLabels = {
  kind: t('connect.kind'),
  connection: t('connect.connection'),
  tenant: t('connect.tenant'),
  clientId: t('connect.clientId'),
  clientSecret: t('connect.clientSecret'),
  cloud: t('connect.cloud'),
  endpoints: t('connect.endpoints'),
  'endpoints.authority': t('connect.authority'),
  'endpoints.graph': t('connect.graph'),
  'endpoints.trustedCertificates': t('connect.trusted'),
};
