/** The caller's own session: who they are, their password, and what the console keeps for them. Only for people. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { transact } from '../../store/transaction.ts';
import { endSessionsOf } from '../../store/user-sessions.ts';
import { changePassword, readPasswordHash, readPreferences, writePreferences } from '../../store/users.ts';
import { createBackOff } from '../oauth/back-off.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv, PersonCaller } from '../request.ts';
import {
  largestPreferencesBytes,
  ownPasswordSchema,
  preferencesSchema,
  sessionSchema,
} from '../schemas/sign-in.ts';
import type { SigningIn } from '../sign-in/begin-session.ts';
import { hashPassword, isPasswordOf } from '../sign-in/password-hash.ts';
import { renderSession } from '../sign-in/render-session.ts';
import { requireGoodPassword } from '../sign-in/require-good-password.ts';
import { createTurns } from '../sign-in/turns.ts';
import { audit, ok, problems } from './route-parts.ts';

const common = { tags: ['Sign-in'], security: [{ session: [] }] };

export function addSessionRoutes(app: OpenAPIHono<ApiEnv>, signingIn: SigningIn): void {
  const { sql, sessions, surroundings } = signingIn;
  const read = createRoute({
    ...common,
    method: 'get',
    path: '/api/session',
    summary: 'Get your own session',
    responses: { 200: ok('The session.', sessionSchema), ...problems() },
  });
  app.openapi(read, async (c) => {
    const { id, identifier, name, role, isLocal, session } = requirePerson(c);
    const facts = {
      ...{ userId: id, name, signInName: identifier, role, isLocal },
      ...{ csrfToken: session.csrfToken, expiresAt: session.endsAt },
      idleSeconds: sessions.limits.idleSeconds,
      preferences: await readPreferences(sql, id),
    };
    return c.json(renderSession(facts, surroundings), 200);
  });

  addOwnPassword(app, signingIn);
  addPreferences(app, signingIn);
}

function addOwnPassword(app: OpenAPIHono<ApiEnv>, { sql, now }: SigningIn): void {
  const backOff = createBackOff(() => now().getTime());
  const inTurn = createTurns();
  const route = createRoute({
    ...common,
    method: 'put',
    path: '/api/session/password',
    summary: 'Change your own password',
    description: 'Ends your other sessions.',
    request: { body: { required: true, content: { 'application/json': { schema: ownPasswordSchema } } } },
    responses: { 204: { description: 'It is changed.' }, ...problems(409) },
  });
  app.openapi(route, async (c) => {
    const person = requirePerson(c);
    const { current, next } = c.req.valid('json');
    const { id, identifier, name, session } = person;
    if (!person.isLocal) {
      throw new Refusal('permission-missing', 'Your password is kept by your provider: change it there.');
    }
    await inTurn(identifier, async () => {
      const seconds = backOff.secondsToWait(identifier, 'own password');
      if (seconds > 0) {
        throw new Refusal('sign-in-locked', `Too many failed attempts: try again in ${seconds} s.`, {
          headers: { 'Retry-After': String(seconds) },
        });
      }
      if (await isPasswordOf(current, await readPasswordHash(sql, id))) return;
      backOff.recordFailure(identifier, 'own password');
      const detail = { reason: 'wrong password' };
      await audit(c, sql, { action: 'user.password', subject: identifier, outcome: 'refused', detail });
      throw new Refusal('request-invalid', 'The password that you have now is another one.', {
        field: 'body.current',
      });
    });
    backOff.recordSuccess(identifier, 'own password');
    requireGoodPassword(next, { signInName: identifier, name }, 'body.next');
    const passwordHash = await hashPassword(next);
    await transact(sql, async (transaction) => {
      await changePassword(transaction, { userId: id, passwordHash, at: now() });
      const endedSessions = await endSessionsOf(transaction, id, session.sessionId);
      const entry = { action: 'user.password', subject: identifier, detail: { endedSessions } };
      await audit(c, transaction, { ...entry, outcome: 'done' });
    });
    return c.body(null, 204);
  });
}

function addPreferences(app: OpenAPIHono<ApiEnv>, { sql }: SigningIn): void {
  const path = '/api/session/preferences';
  const read = createRoute({
    ...common,
    method: 'get',
    path,
    summary: 'Get what the console keeps for you',
    responses: { 200: ok('The preferences.', preferencesSchema), ...problems() },
  });
  app.openapi(read, async (c) =>
    c.json(preferencesSchema.parse(await readPreferences(sql, requirePerson(c).id)), 200),
  );

  const write = createRoute({
    ...common,
    method: 'put',
    path,
    summary: 'Replace what the console keeps for you',
    description: 'Not audited: it changes nothing for anybody else.',
    request: { body: { required: true, content: { 'application/json': { schema: preferencesSchema } } } },
    responses: { 200: ok('The preferences.', preferencesSchema), ...problems() },
  });
  app.openapi(write, async (c) => {
    const { id } = requirePerson(c);
    const preferences = c.req.valid('json');
    if (Buffer.byteLength(JSON.stringify(preferences)) > largestPreferencesBytes) {
      throw new Refusal(
        'request-invalid',
        `The preferences are larger than ${largestPreferencesBytes} bytes, which is the most that is kept.`,
        { field: 'body' },
      );
    }
    await writePreferences(sql, id, preferences);
    return c.json(preferences, 200);
  });
}

/** The person who calls. Throws a `Refusal` for programs, which have no session. */
function requirePerson(c: ApiContext): PersonCaller {
  const caller = c.get('caller');
  if (caller.kind === 'person') return caller;
  throw new Refusal('permission-missing', 'This address is for people who are signed in.');
}
