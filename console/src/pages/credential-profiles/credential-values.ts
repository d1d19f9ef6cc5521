/** What a person types of a credential, what is wrong with it, and how it is sent. */
import * as z from 'zod/mini';
import type { CredentialProfile, NewCredential } from '../../../../src/http/schemas/credential-profiles.ts';
import { Problem } from '../../data/problem.ts';
import { t } from '../../texts/credential-profiles.ts';

export type CredentialType = CredentialProfile['type'];

export const credentialTypes: readonly CredentialType[] = [
  'client-secret',
  'certificate',
  'managed-identity',
  'user-password',
];

/** The fields of all types; those of other types stay empty. */
export const credentialShape = {
  label: z.string(),
  secret: z.string(),
  /** A day, as the browser's own field has it. */
  expiresOn: z.string(),
  source: z.enum(['generate', 'upload']),
  certificate: z.string(),
  privateKey: z.string(),
  userName: z.string(),
  password: z.string(),
};

export type CredentialValues = Readonly<{
  label: string;
  secret: string;
  expiresOn: string;
  source: 'generate' | 'upload';
  certificate: string;
  privateKey: string;
  userName: string;
  password: string;
}>;

export const emptyCredential: CredentialValues = {
  label: '',
  secret: '',
  expiresOn: '',
  source: 'generate',
  certificate: '',
  privateKey: '',
  userName: '',
  password: '',
};

export const credentialLabels: Readonly<Record<keyof CredentialValues, string>> = {
  label: t('credentialProfiles.label'),
  secret: t('credentialProfiles.secret'),
  expiresOn: t('credentialProfiles.expiresOn'),
  source: t('credentialProfiles.source'),
  certificate: t('credentialProfiles.certificate'),
  privateKey: t('credentialProfiles.privateKey'),
  userName: t('credentialProfiles.userName'),
  password: t('credentialProfiles.password'),
};

export const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type Mistake = readonly [field: string, message: string];

/** What is wrong with the fields of a type. */
export function mistakesOf(type: CredentialType, values: CredentialValues): Mistake[] {
  const mistakes: Mistake[] = [];
  const need = (field: keyof CredentialValues, message: string) => {
    if (values[field].trim() === '') mistakes.push([field, message]);
  };
  if (type === 'client-secret') {
    need('secret', t('credentialProfiles.missing.secret'));
    if (idPattern.test(values.secret.trim()))
      mistakes.push(['secret', t('credentialProfiles.wrong.secretId')]);
  }
  if (type === 'user-password') {
    need('userName', t('credentialProfiles.missing.userName'));
    need('password', t('credentialProfiles.missing.password'));
  }
  if (type === 'certificate' && values.source === 'upload') {
    need('certificate', t('credentialProfiles.missing.certificate'));
    if (!/PRIVATE KEY/.test(values.certificate))
      need('privateKey', t('credentialProfiles.missing.privateKey'));
  }
  if (hasTypedEnd(type) && values.expiresOn !== '' && endOf(values.expiresOn) <= new Date().toISOString())
    mistakes.push(['expiresOn', t('credentialProfiles.wrong.past')]);
  return mistakes;
}

/** Whether the end of a credential is typed; that of a certificate is read from it. */
export function hasTypedEnd(type: CredentialType): boolean {
  return type === 'client-secret' || type === 'user-password';
}

/** The fields of a type as the server takes them. */
export function inputOf(type: CredentialType, values: CredentialValues): NewCredential {
  const label = values.label.trim() === '' ? {} : { label: values.label };
  const end = values.expiresOn === '' ? {} : { expiresAt: endOf(values.expiresOn) };
  if (type === 'client-secret') return { ...label, ...end, secret: values.secret.trim() };
  if (type === 'user-password')
    return { ...label, ...end, userName: values.userName, password: values.password };
  if (type !== 'certificate') return label;
  if (values.source === 'generate') return { ...label, isGenerated: true };
  const key = values.privateKey.trim() === '' ? {} : { privateKey: values.privateKey };
  return { ...label, certificate: values.certificate, ...key };
}

/** The end of a day here, which is when somebody who reads a day expects it to be over. */
export function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

/** The day of an instant here. */
export function dayOf(instant: string | null): string {
  if (instant === null) return '';
  const date = new Date(instant);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A refusal whose field is one of the form, wherever the server's own stands in the body. */
export function atField(error: unknown): unknown {
  if (!(error instanceof Problem) || error.body.field === undefined) return error;
  const field = error.body.field
    .replace(/^body\.(?:credentials\.\d+\.)?/, '')
    .replace(/^expiresAt$/, 'expiresOn')
    .replace(/^isGenerated$/, 'source');
  return new Problem({ ...error.body, field });
}
