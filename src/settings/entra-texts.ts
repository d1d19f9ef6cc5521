// Single settings of an Entra connection: ids, addresses and clouds, and what each must look like.

import { z } from 'zod';
import { type CloudName, checkAddress, cloudAddresses, cloudNames } from '../connectors/entra/addresses.ts';
import type { EntraAddresses } from '../connectors/entra/entra-connection.ts';
import { show, text, textThat } from './section.ts';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guid.test(text);
}
const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

export const guidText = textThat(
  (value) => guid.test(value),
  'no GUID',
  "copy the Application (client) ID from the app registration's overview",
);

export const tenantText = textThat(
  (value) => guid.test(value) || domain.test(value),
  'neither a GUID nor a domain of the tenant',
  "copy the Directory (tenant) ID from the app registration's overview",
).transform((value) => value.toLowerCase());

export const cloudText = text(`choose from ${cloudNames.join(', ')}`).transform(
  (value, context): CloudName => {
    const cloud = cloudNames.find((name) => name.toLowerCase() === value.trim().toLowerCase());
    if (cloud !== undefined) return cloud;
    const message = `is ${show(value)}, which is no cloud: choose from ${cloudNames.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  },
);

/** `https://host/{0}`, `https://host/<tenant>` or `https://host`, with any ending that libraries put there. */
export const authorityText = address((url) => {
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (segments.at(-1) === 'v2.0') segments.pop();
  return segments.length > 1
    ? 'has more than the tenant in its path, write it as https://login.microsoftonline.com/{0}'
    : undefined;
});

/** The service root with its version. */
export const graphText = address((url) =>
  /^\/(?:v1\.0|beta)\/?$/.test(url.pathname)
    ? undefined
    : 'does not end with the version of Microsoft Graph, write it as https://graph.microsoft.com/v1.0/',
);

export const scopeText = textThat(
  (value) => /^(?:https:\/\/[^/\s]+\/?|[0-9a-f-]{36})\/\.default$/i.test(value),
  'no scope for an application',
  'write https://graph.microsoft.com/.default',
);

function address(check: (url: URL) => string | undefined) {
  return text('write it as https://host/path, or leave it out').transform((value, context) => {
    // A placeholder for the tenant is no part of a URL yet.
    const trimmed = value.trim();
    const url = URL.parse(trimmed.replace(placeholder, 'tenant'));
    const reason =
      checkAddress(trimmed.replace(placeholder, 'tenant')) ??
      (url?.search ? 'has a ? in it, leave out everything from there on' : undefined) ??
      (url ? check(url) : undefined);
    if (reason === undefined) return trimmed.replace(/\/+$/, '');
    context.addIssue({ code: 'custom', message: `is ${show(value)}, which ${reason}` });
    return z.NEVER;
  });
}

/** The tenant in a pattern, as .NET's string formats and Microsoft's own samples write it. */
const placeholder = /\{(?:0|tenant|tenantid)\}/gi;

type FreeAddresses = Readonly<{
  cloud: CloudName | undefined;
  authority: string | undefined;
  graph: string | undefined;
  scope: string | undefined;
}>;

/**
 * Where the tenant is: in the cloud that is named, or else in the one that a given address belongs to, or else in the
 * global one; what is given beside it wins.
 */
export function addressesOf(
  tenantId: string,
  { cloud, authority, graph, scope }: FreeAddresses,
): EntraAddresses {
  const base = cloudAddresses(cloud ?? cloudOf(graph) ?? cloudOf(authority) ?? 'Global', tenantId);
  return {
    authority: authority === undefined ? base.authority : authorityOf(authority, tenantId),
    graph: graph ?? base.graph,
    scope: scope ?? base.scope,
  };
}

function cloudOf(address: string | undefined): CloudName | undefined {
  const origin = address === undefined ? undefined : URL.parse(address)?.origin;
  return cloudNames.find((name) => {
    const { authority, graph } = cloudAddresses(name, 'tenant');
    return new URL(authority).origin === origin || new URL(graph).origin === origin;
  });
}

/** The tenant that an authority leads to, where it is written out and is another one. */
export function otherTenantOf(pattern: string | undefined, tenantId: string): string | undefined {
  if (pattern === undefined) return undefined;
  const tenant = new URL(authorityOf(pattern, tenantId)).pathname.slice(1);
  return tenant.toLowerCase() === tenantId ? undefined : tenant;
}

function authorityOf(pattern: string, tenantId: string): string {
  const tenant = encodeURIComponent(tenantId);
  const address = pattern.replace(/\/v2\.0$/, '').replace(placeholder, tenant);
  return new URL(address).pathname === '/' ? `${address}/${tenant}` : address;
}
