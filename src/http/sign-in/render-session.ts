/** A session as its browser gets it: who it is, what they may, and what writes have to carry. */
import type { z } from '@hono/zod-openapi';
import type { UserRole } from '../../model/user-role.ts';
import { roles } from '../permissions.ts';
import { preferencesSchema, type sessionSchema } from '../schemas/sign-in.ts';

export type SessionFacts = Readonly<{
  userId: number;
  name: string;
  signInName: string;
  role: UserRole;
  isLocal: boolean;
  csrfToken: string;
  expiresAt: Date;
  idleSeconds: number;
  preferences: Readonly<Record<string, unknown>>;
}>;

/** What is the same for every session of a server. */
export type Surroundings = Readonly<{ version: string; environmentLabel: string | undefined }>;

export function renderSession(
  facts: SessionFacts,
  { version, environmentLabel }: Surroundings,
): z.input<typeof sessionSchema> {
  const { userId, name, signInName, role, isLocal, csrfToken, expiresAt, idleSeconds, preferences } = facts;
  return {
    user: { userId, name, signInName, role, isLocal },
    permissions: [...roles[role]],
    csrfToken,
    expiresAt: expiresAt.toISOString(),
    idleSeconds,
    environmentLabel: environmentLabel ?? null,
    version,
    preferences: preferencesSchema.parse(preferences),
  };
}
