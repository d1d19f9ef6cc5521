/** What people who may sign in look like on the wire, and what their roles allow. */
import { z } from '@hono/zod-openapi';
import { listQueryShape, listSchema } from './list.ts';
import { roleSchema } from './sign-in.ts';

const instant = z.string().openapi({ format: 'date-time' });

export const userSchema = z
  .object({
    userId: z.int(),
    signInName: z.string(),
    name: z.string(),
    role: roleSchema
      .nullable()
      .openapi({ description: 'Given by an administrator; stands above claimedRole.' }),
    claimedRole: roleSchema
      .nullable()
      .openapi({ description: 'What the provider said at the last sign-in.' }),
    effectiveRole: roleSchema.nullable().openapi({ description: 'The one that counts.' }),
    provider: z
      .object({ providerId: z.int(), name: z.string(), isEnabled: z.boolean() })
      .nullable()
      .openapi({ description: 'Null for an account whose password is kept here.' }),
    isDisabled: z.boolean(),
    version: z.int(),
    createdAt: instant,
    createdBy: z.string(),
    changedAt: instant,
    changedBy: z.string(),
    lastSignInAt: instant.nullable(),
    passwordChangedAt: instant.nullable(),
  })
  .openapi('User');
export type User = z.infer<typeof userSchema>;

export const userSessionSchema = z.object({
  createdAt: instant,
  lastUsedAt: instant,
  expiresAt: instant,
  address: z.string(),
  userAgent: z.string(),
  isCurrent: z.boolean().openapi({ description: 'Whether it is the one that asks.' }),
});

export const userWithSessionsSchema = userSchema
  .extend({
    sessions: z.array(userSessionSchema),
    permissions: z.array(z.string()).openapi({ description: 'What the role that counts grants.' }),
  })
  .openapi('UserWithSessions');
export type UserWithSessions = z.infer<typeof userWithSessionsSchema>;

export const userQuerySchema = z.strictObject(
  listQueryShape(['name', 'signInName', 'lastSignInAt', 'createdAt'], 'name'),
);
export const userListSchema = listSchema(userSchema);
export type UserList = z.infer<typeof userListSchema>;

const oneLineText = z
  .string()
  .trim()
  .min(1, 'it is empty')
  .max(200, 'it has more than 200 characters')
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'it has characters that cannot be seen');

export const newUserSchema = z
  .strictObject({
    signInName: oneLineText,
    name: oneLineText,
    role: roleSchema,
    password: z.string().min(1, 'it is empty').max(1000, 'it is too long'),
  })
  .openapi('NewUser');
export type NewUser = z.infer<typeof newUserSchema>;

export const changedUserSchema = z
  .strictObject({
    name: oneLineText,
    role: roleSchema
      .nullable()
      .openapi({ description: 'Null: what the provider says, which is none for local accounts.' }),
    isDisabled: z.boolean(),
  })
  .openapi('ChangedUser');
export type ChangedUser = z.infer<typeof changedUserSchema>;

export const newPasswordSchema = z
  .strictObject({ password: z.string().min(1, 'it is empty').max(1000, 'it is too long') })
  .openapi('NewPassword');

export const roleMatrixSchema = z
  .object({
    permissions: z.array(z.object({ path: z.string(), meaning: z.string(), roles: z.array(roleSchema) })),
  })
  .openapi('RoleMatrix');
export type RoleMatrix = z.infer<typeof roleMatrixSchema>;
