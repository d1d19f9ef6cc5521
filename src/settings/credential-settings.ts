// Credentials as the settings file writes them: an ApplicationKey, or a credential profile with secrets and certificates that
// are tried in order.
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../config.ts';
import type { EntraCredential } from '../connectors/entra/entra-connection.ts';
import { guidText, isGuid } from './entra-texts.ts';
import { secretText, section, show, text, textThat } from './section.ts';
import { readCertificates, readPrivateKey, readTextFile } from './settings-file.ts';

const secretRemedy = 'copy the value (not the ID) of a client secret from Certificates & secrets';

export const applicationKeyText = secretText(secretRemedy);

/** An entry of `CredentialProfiles`; files are looked for from `directory` on. */
export function credentialProfileSection(environment: Environment, directory: string) {
  const credentials = z
    .array(credentialSection(environment, directory), {
      error: ({ input }) =>
        input === undefined
          ? 'is missing: list at least one credential, [{ "Secret": "…" }]'
          : 'is no list: write [{ "Secret": "…" }]',
    })
    .nonempty({ error: 'is empty: list at least one credential, [{ "Secret": "…" }]' });
  return section({ ApplicationId: guidText.optional(), Credentials: credentials }, environment);
}

/** `system`, or the client id of an identity that is assigned to the machine. */
const managedIdentityText = textThat(
  (value) => value === 'system' || isGuid(value),
  'no managed identity',
  'write "system", or the client id of an identity that is assigned to this machine',
);

function credentialSection(environment: Environment, directory: string) {
  const shape = {
    Secret: secretText(secretRemedy).optional(),
    CertificateFile: text('name a PEM file').optional(),
    PrivateKeyFile: text('name a PEM file').optional(),
    ManagedIdentity: managedIdentityText.optional(),
    UserName: text('write the name that the person signs in with').optional(),
    Password: secretText('write the password of this user').optional(),
  };
  return section(shape, environment).transform(
    ({ Secret, CertificateFile, PrivateKeyFile, ManagedIdentity, ...person }, context): EntraCredential => {
      const refuse = (message: string, ...path: string[]) => {
        context.addIssue({ code: 'custom', message, path });
        return z.NEVER;
      };
      const { UserName, Password } = person;
      const isFile = CertificateFile !== undefined || PrivateKeyFile !== undefined;
      const isPerson = UserName !== undefined || Password !== undefined;
      const others = [Secret !== undefined || isFile, ManagedIdentity !== undefined, isPerson];
      if (others.filter(Boolean).length > 1) return refuse('has several of them: make a credential of each');
      if (ManagedIdentity !== undefined) {
        const clientId = ManagedIdentity === 'system' ? undefined : ManagedIdentity;
        return { kind: 'managed-identity', clientId };
      }
      if (isPerson) {
        if (UserName === undefined) return refuse('is missing: write the name of the user', 'UserName');
        if (Password === undefined) return refuse('is missing: write the password of the user', 'Password');
        return { kind: 'user-password', userName: UserName, password: Password };
      }
      if (Secret !== undefined && !isFile) return { kind: 'secret', secret: Secret };
      if (Secret !== undefined) return refuse('has both a Secret and a file: make two credentials of them');
      if (CertificateFile === undefined) {
        return refuse(
          'names no credential: give it a Secret, a CertificateFile with its PrivateKeyFile, a ManagedIdentity, or UserName and Password',
        );
      }
      const certificate = readPem(directory, CertificateFile, readCertificates);
      if (certificate.kind === 'unusable') return refuse(certificate.message, 'CertificateFile');
      const key = readPem(directory, PrivateKeyFile ?? CertificateFile, (pem) =>
        readPrivateKey(pem, certificate.pem),
      );
      if (key.kind === 'unusable') return refuse(key.message, 'PrivateKeyFile');
      return { kind: 'certificate', certificatePem: certificate.pem, privateKeyPem: key.pem };
    },
  );
}

/** Certificates to trust besides the system's, out of the file that a setting names. */
export function trustedCertificatesText(directory: string) {
  return text('name a PEM file').transform((file, context) => {
    const certificates = readPem(directory, file, readCertificates);
    if (certificates.kind === 'pem') return certificates.pem;
    context.addIssue({ code: 'custom', message: certificates.message });
    return z.NEVER;
  });
}

type PemFile = Readonly<{ kind: 'pem'; pem: string }> | Readonly<{ kind: 'unusable'; message: string }>;

/** What `read` makes of the file; the message follows the name of the setting. */
function readPem(
  directory: string,
  file: string,
  read: (text: string) => ReturnType<typeof readCertificates>,
): PemFile {
  const path = resolve(directory, file);
  const found = readTextFile(path);
  if (found.kind === 'missing') {
    return {
      kind: 'unusable',
      message: `is ${show(file)}, but there is no such file: correct it, paths begin at ${directory}`,
    };
  }
  const pem = found.kind === 'text' ? read(found.text) : found;
  return pem.kind === 'pem'
    ? pem
    : { kind: 'unusable', message: `is ${show(file)}, and the file ${path} ${pem.reason}` };
}
