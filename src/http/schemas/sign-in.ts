/** What signing in, a session and a provider of sign-ins look like on the wire. */
import { z } from '@hono/zod-openapi';
import { userRoles } from '../../model/user-role.ts';

const instant = z.string().openapi({ format: 'date-time' });
export const roleSchema = z.enum(userRoles);

export const signInOptionsSchema = z
  .object({
    isSetUp: z.boolean().openapi({ description: 'Whether there is an administrator who can sign in.' }),
    providers: z.array(z.object({ providerId: z.int(), name: z.string() })),
    environmentLabel: z.string().nullable(),
    version: z.string(),
    problem: z.string().nullable().openapi({ description: 'Why a provider did not lead to a session.' }),
  })
  .openapi('SignInOptions');
export type SignInOptions = z.infer<typeof signInOptionsSchema>;

const themes = ['system', 'light', 'dark'] as const;
const timeDisplays = ['local', 'utc', 'relative'] as const;
const densities = ['comfortable', 'compact'] as const;

/** How large preferences may be, as JSON. */
export const largestPreferencesBytes = 16 * 1024;

export const preferencesSchema = z
  .looseObject({
    theme: z.enum(themes).optional(),
    timeDisplay: z.enum(timeDisplays).optional(),
    density: z.enum(densities).optional(),
    columns: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('Preferences');
export type Preferences = z.infer<typeof preferencesSchema>;

export const sessionSchema = z
  .object({
    user: z.object({
      userId: z.int(),
      name: z.string(),
      signInName: z.string(),
      role: roleSchema,
      isLocal: z.boolean().openapi({ description: 'Whether the password is kept here.' }),
    }),
    permissions: z.array(z.string()),
    csrfToken: z.string().openapi({ description: 'For the header X-CSRF-Token of every write.' }),
    expiresAt: instant.openapi({ description: 'When it ends however much it is used.' }),
    idleSeconds: z.int().openapi({ description: 'How long it lasts while nobody uses it.' }),
    environmentLabel: z.string().nullable(),
    version: z.string(),
    preferences: preferencesSchema,
  })
  .openapi('Session');
export type Session = z.infer<typeof sessionSchema>;

const signInName = z
  .string()
  .trim()
  .min(1, 'it is empty')
  .max(200, 'it has more than 200 characters')
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'it has characters that cannot be seen');
const personName = signInName;
const password = z.string().min(1, 'it is empty').max(1000, 'it is too long');

export const localSignInSchema = z.strictObject({ signInName, password }).openapi('LocalSignIn');
export type LocalSignIn = z.infer<typeof localSignInSchema>;

export const setupSchema = z
  .strictObject({
    token: z
      .string()
      .max(200)
      .openapi({ description: 'What stands behind # in the link that the server printed.' }),
    name: personName,
    signInName,
    password,
  })
  .openapi('Setup');
export type Setup = z.infer<typeof setupSchema>;

export const ownPasswordSchema = z.strictObject({ current: password, next: password }).openapi('OwnPassword');

const clientSecret = z.string().min(1, 'it is empty').max(1000, 'it is too long');
const oneLine = /^[^\p{Cc}]*$/u;

export const newProviderSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'it is empty')
      .max(100)
      .regex(oneLine, 'write it on one line')
      .openapi({ example: 'Microsoft Entra ID' }),
    issuer: z.string().trim().min(1, 'it is empty').max(500).openapi({
      example: 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0',
    }),
    clientId: z.string().trim().min(1, 'it is empty').max(200).regex(oneLine, 'write it on one line'),
    clientSecret: clientSecret
      .nullable()
      .optional()
      .openapi({ description: 'Never shown again. Left out: what there is stays; null: there is none.' }),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'a scope has no spaces'))
      .max(30)
      .default(['openid', 'profile', 'email']),
    roleClaim: z.string().trim().min(1, 'it is empty').max(200).default('roles'),
    roleMapping: z
      .record(z.string().min(1).max(200), roleSchema)
      .default({})
      .openapi({ example: { 'Syncline.Administrator': 'administrator' } }),
    defaultRole: roleSchema.nullable().default(null),
    isEnabled: z.boolean().default(true),
  })
  .openapi('NewSignInProvider');
export type NewSignInProvider = z.input<typeof newProviderSchema>;

export const providerSchema = z
  .object({
    providerId: z.int(),
    name: z.string(),
    issuer: z.string(),
    clientId: z.string(),
    scopes: z.array(z.string()),
    roleClaim: z.string(),
    roleMapping: z.record(z.string(), roleSchema),
    defaultRole: roleSchema.nullable(),
    isEnabled: z.boolean(),
    secretSetAt: instant.nullable().openapi({ description: 'Null where there is no secret.' }),
    secretSetBy: z.string().nullable(),
    redirectUri: z.string().openapi({ description: 'What the provider has to know this server by.' }),
    userCount: z.int(),
    version: z.int(),
    createdAt: instant,
    createdBy: z.string(),
    changedAt: instant,
    changedBy: z.string(),
  })
  .openapi('SignInProvider');
export type SignInProvider = z.infer<typeof providerSchema>;

export const providerCheckSchema = z
  .object({ isUsable: z.boolean(), message: z.string() })
  .openapi('SignInProviderCheck');
export type SignInProviderCheck = z.infer<typeof providerCheckSchema>;
