// Names and addresses that must be unique or well formed: user principal names, mail, and the proxy addresses that
// follow from mail.
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import { refusedRequest } from '../graph-error.ts';
import { valueTaken } from './write-errors.ts';

/** Microsoft Graph, user: characters of the part before the domain. */
const principalNameCharacters = /^[A-Za-z0-9'._!#^~-]+$/;

/** Throws unless the name is well formed, in a verified domain, and no other live user's. */
export function checkPrincipalName(directory: Directory, name: string, own?: DirectoryObject): void {
  const separator = name.lastIndexOf('@');
  const alias = name.slice(0, separator);
  if (separator < 1 || name.length > 113 || !principalNameCharacters.test(alias)) {
    const message = 'Property userPrincipalName is invalid.';
    throw refusedRequest(message, [{ code: 'InvalidValue', message, target: 'userPrincipalName' }]);
  }
  if (!isVerifiedDomain(directory, name.slice(separator + 1))) {
    const message =
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.';
    throw refusedRequest(message, [{ code: 'InvalidValue', message, target: 'userPrincipalName' }]);
  }
  const holder = directory.findBy('user', 'userPrincipalName', name);
  if (holder && holder !== own) throw valueTaken('userPrincipalName', holder);
}

function isVerifiedDomain(directory: Directory, domain: string): boolean {
  return domains(directory).some(
    (known) => known.id.toLowerCase() === domain.toLowerCase() && known.values.isVerified !== false,
  );
}

/** The domain that new mail addresses get. */
export function defaultDomainOf(directory: Directory): string {
  return (
    domains(directory).find((domain) => domain.values.isDefault === true)?.id ?? initialDomainOf(directory)
  );
}

/** The domain that the tenant was born with; it issues local sign-in names. */
export function initialDomainOf(directory: Directory): string {
  return domains(directory).find((domain) => domain.values.isInitial === true)?.id ?? '';
}

function domains(directory: Directory): DirectoryObject[] {
  return directory.list('domain').places.filter((domain) => domain !== undefined);
}

/** One `@`, and printable characters without accents on both sides. */
export function isPlainAddress(address: string): boolean {
  return /^[!-?A-~]+@[!-?A-~]+$/.test(address);
}

/** Proxy addresses after `mail` became the primary one: it leads with `SMTP:`, the others keep `smtp:`. */
export function withPrimaryAddress(proxyAddresses: unknown, mail: string): readonly string[] {
  const before = Array.isArray(proxyAddresses) ? proxyAddresses.map(String) : [];
  const others = before
    .filter((address) => address.toLowerCase() !== `smtp:${mail.toLowerCase()}`)
    .map((address) => address.replace(/^SMTP:/, 'smtp:'));
  return [`SMTP:${mail}`, ...others];
}

const typesWithMail: readonly ObjectType[] = ['user', 'group', 'orgContact'];

/** Another live object that receives mail at one of the proxy addresses. */
export function findAddressHolder(
  directory: Directory,
  proxyAddresses: readonly string[],
  own?: DirectoryObject,
): DirectoryObject | undefined {
  for (const type of typesWithMail) {
    for (const address of proxyAddresses) {
      const holder = directory.findBy(type, 'proxyAddresses', address);
      if (holder && holder !== own) return holder;
    }
  }
  return undefined;
}
