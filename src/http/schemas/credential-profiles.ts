/** Credential profiles as requests and answers have them. Secrets go in and never come out. */
import { z } from '@hono/zod-openapi';
import { credentialTypes, profileOrders } from '../../model/credential-profile.ts';
import { listQueryShape, listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const testOutcome = z.enum(['passed', 'failed']).nullable();

export const profileQuerySchema = z.strictObject({
  ...listQueryShape(profileOrders, 'name'),
  type: z.enum(credentialTypes).optional(),
});

const summaryShape = {
  profileId: z.int(),
  name: z.string(),
  description: z.string(),
  type: z.enum(credentialTypes),
  clientId: z.string().nullable().openapi({
    description: 'The application (client) id; null for the managed identity of the machine itself.',
  }),
  version: z.int(),
  createdAt: instant,
  createdBy: z.string(),
  changedAt: instant,
  changedBy: z.string(),
  credentialCount: z.int(),
  expiresAt: instant.nullable().openapi({ description: 'When the first of its credentials ends.' }),
  tenants: z.array(z.string()).openapi({ description: 'Names of the tenants that use it.' }),
  lastUsedAt: instant.nullable(),
  lastTestedAt: instant.nullable(),
  lastTestOutcome: testOutcome,
};

export const profileSummarySchema = z.object(summaryShape).openapi('CredentialProfileSummary');
export const profileListSchema = listSchema(profileSummarySchema).openapi('CredentialProfiles');

export const credentialSchema = z
  .object({
    credentialId: z.int(),
    label: z.string(),
    userName: z.string().nullable(),
    thumbprint: z.string().nullable().openapi({ description: 'SHA-1 of the certificate, in hexadecimal.' }),
    subject: z.string().nullable(),
    setAt: instant,
    setBy: z.string(),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    lastUsedRefusal: z
      .string()
      .nullable()
      .openapi({ description: 'Why the last sign-in was refused; null where it was accepted.' }),
    lastTestedAt: instant.nullable(),
    lastTestOutcome: testOutcome,
    lastTestMessage: z.string().nullable(),
  })
  .openapi('Credential');

export const profileSchema = z
  .object({
    ...summaryShape,
    credentials: z.array(credentialSchema).openapi({ description: 'In the order in which they are tried.' }),
  })
  .openapi('CredentialProfile');

const label = z.string().trim().min(1, 'write a label').max(100, 'write at most 100 characters');
const end = z.iso
  .datetime({ offset: true, error: 'write an instant such as 2028-01-31T00:00:00Z' })
  .nullable();

/** Which of the parts there have to be depends on the type of the profile. */
const credentialShape = {
  label: label.optional(),
  expiresAt: end.optional().openapi({ description: 'Of a secret or a password, as far as it is known.' }),
  secret: z.string().min(1, 'paste the value of the secret').max(1000).optional(),
  certificate: z.string().min(1).max(20_000).optional().openapi({ description: 'In PEM.' }),
  privateKey: z
    .string()
    .min(1)
    .max(20_000)
    .optional()
    .openapi({ description: 'In PEM, without a password.' }),
  isGenerated: z
    .boolean()
    .default(false)
    .openapi({ description: 'Makes the certificate here; its private key never leaves.' }),
  userName: z.string().trim().min(1, 'write the user name').max(300).optional(),
  password: z.string().min(1, 'write the password').max(1000).optional(),
};

export const newCredentialSchema = z.strictObject(credentialShape).openapi('NewCredential');

export const credentialChangeSchema = z
  .strictObject(credentialShape)
  .openapi('CredentialChange', { description: 'Parts that are left out stay as they are.' });

const name = z.string().trim().min(1, 'write a name').max(100, 'write at most 100 characters');
const description = z.string().trim().max(1000, 'write at most 1000 characters').default('');
const clientId = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    'copy the Application (client) ID from the overview of the app registration',
  )
  .nullable()
  .default(null);

export const newProfileSchema = z
  .strictObject({
    name,
    description,
    type: z.enum(credentialTypes),
    clientId,
    credentials: z
      .array(newCredentialSchema)
      .max(10)
      .default([])
      .openapi({ description: 'A managed identity has none to be given.' }),
  })
  .openapi('NewCredentialProfile');

export const profileChangeSchema = z
  .strictObject({ name, description, clientId })
  .openapi('CredentialProfileChange');

export const credentialOrderSchema = z
  .strictObject({ credentialIds: z.array(z.int().positive()).min(1).max(100) })
  .openapi('CredentialOrder');

export type ProfileSummary = z.infer<typeof profileSummarySchema>;
export type ProfileList = z.infer<typeof profileListSchema>;
export type Credential = z.infer<typeof credentialSchema>;
export type CredentialProfile = z.infer<typeof profileSchema>;
export type NewCredential = z.input<typeof newCredentialSchema>;
export type NewProfile = z.input<typeof newProfileSchema>;
export type ProfileChange = z.input<typeof profileChangeSchema>;
