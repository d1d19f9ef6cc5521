// One connection to Entra out of the settings file: its section, the credential profile that it names, and what follows from
// both.
import type { z } from 'zod';
import type { Environment } from '../config.ts';
import type { EntraConnection, EntraCredential } from '../connectors/entra/entra-connection.ts';
import type { EntityType } from '../model/entity-type.ts';
import type { Guards } from '../model/guard.ts';
import { isIdentities } from '../model/identity-schema.ts';
import { findMember, isJsonObject, type Json } from './commented-json.ts';
import {
  applicationKeyText,
  credentialProfileSection,
  trustedCertificatesText,
} from './credential-settings.ts';
import { attributeList, entityTypeList, entityTypesSection, mapEntityTypes } from './entity-type-settings.ts';
import {
  addressesOf,
  authorityText,
  cloudText,
  graphText,
  guidText,
  otherTenantOf,
  scopeText,
  tenantText,
} from './entra-texts.ts';
import { defaultFollow, type Follow, followSection } from './follow-settings.ts';
import { guardsSection, readGuards } from './guard-settings.ts';
import { proxyFromEnvironment, proxyText } from './proxy-settings.ts';
import { faultAt, type Place, readSection, type SourceOf, section, show, text } from './section.ts';

/** A connection that can be used. */
export type ConnectionSettings = Readonly<{
  name: string;
  entra: EntraConnection;
  entityTypes: readonly EntityType[];
  /** The columns of the CSV file of objects behind `Command` and `@odata.type`, in their order; `id` is one of them. */
  columns: readonly string[];
  follow: Follow;
  guards: Guards;
}>;

export type SettingsContext = Readonly<{
  sourceOf: SourceOf;
  /** Where paths in the settings start. */
  directory: string;
  environment: Environment;
  /** The section `CredentialProfiles`. */
  profiles: Json | undefined;
}>;

/** Whether a section of `Connections` is taken for one to Entra: it has one of the settings that say who asks which tenant. */
export function isEntraSection(value: Json): boolean {
  return (
    isJsonObject(value) &&
    ['ApplicationId', 'TenantId', 'CredentialProfile'].some((name) => findMember(value, name) !== undefined)
  );
}

/** Throws a `Fault` with code `invalid-setting` for the first thing that is wrong. */
export function readConnection(name: string, value: Json, context: SettingsContext): ConnectionSettings {
  const place = { sourceOf: context.sourceOf, path: ['Connections', name] };
  const mistake = mistakeOfName(name);
  if (mistake !== undefined) throw faultAt(place, `has a name that ${mistake}: rename it`);
  const settings = readSection(connectionSection(context), value, place);
  const identity = readIdentity(settings, context, place);
  return buildConnection(name, { settings, identity, environment: context.environment, place });
}

/** Who Syncline is for a tenant. */
export type ConnectionIdentity = Pick<EntraConnection, 'clientId' | 'credentials'>;

/** What a connection is made of once its section is read. */
export type ConnectionParts = Readonly<{
  settings: z.output<ReturnType<typeof connectionSection>>;
  identity: ConnectionIdentity;
  /** Where the proxy of the machine comes from. */
  environment: Environment;
  place: Place;
}>;

/** Puts a connection together. Throws a `Fault` with code `invalid-setting` for settings that do not go together. */
export function buildConnection(
  name: string,
  { settings, identity, environment, place }: ConnectionParts,
): ConnectionSettings {
  const other = otherTenantOf(settings.MicrosoftAuthorityPath, settings.TenantId);
  if (other !== undefined) {
    const authority = { ...place, path: [...place.path, 'MicrosoftAuthorityPath'] };
    throw faultAt(
      authority,
      `leads to the tenant ${show(other)} and not to TenantId: write {0} in its place`,
    );
  }
  const addresses = addressesOf(settings.TenantId, {
    cloud: settings.Cloud,
    authority: settings.MicrosoftAuthorityPath,
    graph: settings.MicrosoftGraphPathApi,
    scope: settings.MicrosoftGraphPath,
  });
  const proxy =
    settings.Proxy === undefined
      ? proxyFromEnvironment(environment, addresses)
      : ({ kind: 'proxy', proxy: settings.Proxy } as const);
  if (proxy.kind === 'refused') throw faultAt(place, `cannot be reached as it should: ${proxy.message}`);
  const { TrustedCertificatesFile: trustedCertificates } = settings;
  const mapping = mapEntityTypes(settings, place);
  return {
    name,
    entra: {
      ...identity,
      tenantId: settings.TenantId,
      addresses,
      ...(trustedCertificates === undefined ? {} : { trustedCertificates }),
      ...(proxy.kind === 'proxy' ? { proxy: proxy.proxy } : {}),
    },
    ...mapping,
    follow: settings.Follow ?? defaultFollow,
    guards: readGuards(settings, mapping.entityTypes),
  };
}

/** The section of a connection; files that it names are looked for from `directory` on. */
export function connectionSection({
  environment,
  directory,
}: Pick<SettingsContext, 'environment' | 'directory'>) {
  return section(
    {
      ApplicationId: guidText.optional(),
      ApplicationKey: applicationKeyText.optional(),
      CredentialProfile: text('name an entry of CredentialProfiles').optional(),
      TenantId: tenantText,
      Cloud: cloudText.optional(),
      MicrosoftAuthorityPath: authorityText.optional(),
      MicrosoftGraphPath: scopeText.optional(),
      MicrosoftGraphPathApi: graphText.optional(),
      // Nobody is sent back to an application that signs in as itself.
      ResponseUri: text('leave it out').optional(),
      TrustedCertificatesFile: trustedCertificatesText(directory).optional(),
      Proxy: proxyText.optional(),
      EntityTypes: entityTypesSection(environment).optional(),
      C0: entityTypeList.optional(),
      Attributes: attributeList.optional(),
      Follow: followSection(environment).optional(),
      Guards: guardsSection(environment).optional(),
    },
    environment,
    'left-alone',
  );
}

type IdentitySettings = Readonly<{
  ApplicationId?: string | undefined;
  ApplicationKey?: string | undefined;
  CredentialProfile?: string | undefined;
}>;

/** Who Syncline is for the tenant: the connection's own id and key, or those of its profile. */
function readIdentity(
  { ApplicationId, ApplicationKey, CredentialProfile }: IdentitySettings,
  context: SettingsContext,
  place: Place,
): { clientId: string; credentials: readonly EntraCredential[] } {
  const missing = (name: string, remedy: string) =>
    faultAt({ ...place, path: [...place.path, name] }, `is missing: ${remedy}`);
  if (CredentialProfile === undefined) {
    const remedy = 'copy it from the app registration, or name a CredentialProfile that has it';
    if (ApplicationId === undefined) throw missing('ApplicationId', remedy);
    if (ApplicationKey === undefined) throw missing('ApplicationKey', remedy);
    return { clientId: ApplicationId, credentials: [{ kind: 'secret', secret: ApplicationKey }] };
  }
  if (ApplicationKey !== undefined) {
    throw faultAt(place, 'has both an ApplicationKey and a CredentialProfile: leave one of them out');
  }
  const [name, profile] = findProfile(CredentialProfile, context.profiles) ?? [];
  if (name === undefined || profile === undefined) {
    throw faultAt(
      { ...place, path: [...place.path, 'CredentialProfile'] },
      `is ${show(CredentialProfile)}, which CredentialProfiles has no entry of: add it there or correct the name`,
    );
  }
  const profilePlace = { ...place, path: ['CredentialProfiles', name] };
  const schema = credentialProfileSection(context.environment, context.directory);
  const { ApplicationId: profileId, Credentials } = readSection(schema, profile, profilePlace);
  const clientId = ApplicationId ?? profileId ?? machineIdOf(Credentials);
  if (clientId !== undefined) return { clientId, credentials: Credentials };
  throw missing('ApplicationId', `write it here or into the credential profile ${name}`);
}

/** Machines sign in by identities of their own, and need no application besides. */
function machineIdOf(credentials: readonly EntraCredential[]): string | undefined {
  const [first] = credentials;
  const isAll = credentials.every(({ kind }) => kind === 'managed-identity');
  return isAll && first?.kind === 'managed-identity' ? (first.clientId ?? '') : undefined;
}

function findProfile(name: string, profiles: Json | undefined): readonly [string, Json] | undefined {
  return isJsonObject(profiles) ? findMember(profiles, name) : undefined;
}

/** Rules of Identity Manager; names go into file names, where the underscore stands between them and what follows. */
function mistakeOfName(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (name !== name.trim()) return 'begins or ends with a space';
  if (/^\d/.test(name)) return 'begins with a digit';
  if (isIdentities(name)) return 'is that of the identities directory';
  const sign = /[<>:"/\\|?*_`\p{Cc}]/u.exec(name)?.[0];
  if (sign !== undefined) return `has ${JSON.stringify(sign)} in it`;
  return name.length > 442 ? 'is longer than 442 characters' : undefined;
}
