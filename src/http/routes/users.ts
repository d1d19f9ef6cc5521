/** People who may sign in: who there is, adding them, and what a change of role or a new password ends. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ISql, Sql } from 'postgres';
import type { UserRole } from '../../model/user-role.ts';
import { endSessionsOf, readSessionsOf, type SessionLimits } from '../../store/user-sessions.ts';
import {
  changePassword,
  changeUser,
  createLocalUser,
  deleteUser,
  effectiveRole,
  readUser,
  readUsers,
  type User,
} from '../../store/users.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { isGranted, permissions, roles } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { orderOf } from '../schemas/list.ts';
import {
  changedUserSchema,
  newPasswordSchema,
  newUserSchema,
  roleMatrixSchema,
  userListSchema,
  userQuerySchema,
  userSchema,
  userWithSessionsSchema,
} from '../schemas/users.ts';
import { hashPassword } from '../sign-in/password-hash.ts';
import { requireGoodPassword } from '../sign-in/require-good-password.ts';
import { keepAdministrator, requireMayGrant } from '../sign-in/role-granting.ts';
import { doAudited } from './audited-work.ts';
import { numberInPath, ok, problems, text, textOrNull } from './route-parts.ts';

export type UserRoutes = Readonly<{ sql: Sql; limits: SessionLimits; now: () => Date }>;

const tags = ['Users'];
const params = z.object({ userId: numberInPath('userId') });

export function addUserRoutes(app: OpenAPIHono<ApiEnv>, routes: UserRoutes): void {
  const { sql, limits, now } = routes;
  const access = needs(sql, '/Syncline/Users');
  const list = createRoute({
    ...access,
    method: 'get',
    path: '/api/users',
    tags,
    summary: 'List people who may sign in',
    request: { query: userQuerySchema },
    responses: { 200: ok('A page of people.', userListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, sort } = c.req.valid('query');
    const window = { offset: (page - 1) * pageSize, limit: pageSize };
    const { users, total } = await readUsers(sql, { q, ...orderOf(sort), ...window });
    return c.json({ items: users.map(renderUser), page, pageSize, total, isTotalExact: true }, 200);
  });

  const one = createRoute({
    ...access,
    method: 'get',
    path: '/api/users/{userId}',
    tags,
    summary: 'Get somebody, with their sessions',
    request: { params },
    responses: { 200: ok('The person.', userWithSessionsSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const user = await requireUser(sql, c.req.valid('param').userId);
    const caller = c.get('caller');
    const ownSessionId = caller.kind === 'person' ? caller.session.sessionId : undefined;
    const sessions = await readSessionsOf(sql, user.userId, { at: now(), limits });
    const role = effectiveRole(user);
    const rendered = {
      ...renderUser(user),
      permissions: role === null ? [] : [...roles[role]],
      sessions: sessions.map(({ sessionId, createdAt, lastUsedAt, expiresAt, address, userAgent }) => ({
        createdAt: text(createdAt),
        lastUsedAt: text(lastUsedAt),
        expiresAt: text(expiresAt),
        address,
        userAgent,
        isCurrent: sessionId === ownSessionId,
      })),
    };
    return c.json(rendered, 200, { ETag: etagOf(user.version) });
  });

  const matrix = createRoute({
    ...access,
    method: 'get',
    path: '/api/roles',
    tags,
    summary: 'Get what each role may do',
    responses: { 200: ok('Every permission with the roles that have it.', roleMatrixSchema), ...problems() },
  });
  app.openapi(matrix, (c) => {
    const roleNames = Object.keys(roles) as UserRole[];
    const lines = Object.entries(permissions).map(([path, meaning]) => ({
      path,
      meaning,
      roles: roleNames.filter((role) => isGranted(roles[role], path)),
    }));
    return c.json({ permissions: lines }, 200);
  });

  addCreation(app, routes);
  addChange(app, routes);
  addDeletion(app, routes);
  addPasswordReset(app, routes);
}

function addCreation(app: OpenAPIHono<ApiEnv>, { sql, now }: UserRoutes): void {
  const create = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'post',
    path: '/api/users',
    tags,
    summary: 'Add somebody with a password that is kept here',
    request: { body: { required: true, content: { 'application/json': { schema: newUserSchema } } } },
    responses: { 201: ok('The person.', userSchema), ...problems(409) },
  });
  app.openapi(create, async (c) => {
    const { signInName, name, role, password } = c.req.valid('json');
    requireGoodPassword(password, { signInName, name }, 'body.password');
    const passwordHash = await hashPassword(password);
    const by = actorOf(c.get('caller'));
    const entry = { action: 'user.create', subject: signInName, detail: { role } };
    const user = await doAudited(c, sql, entry, async (transaction) => {
      requireMayGrant(c.get('caller'), role);
      const made = await createLocalUser(transaction, {
        signInName,
        name,
        role,
        passwordHash,
        at: now(),
        by,
      });
      if (made) return made;
      throw new Refusal('user-exists', `Somebody signs in as ${signInName} already: take another name.`, {
        field: 'body.signInName',
      });
    });
    return c.json(renderUser(user), 201, {
      Location: `/api/users/${user.userId}`,
      ETag: etagOf(user.version),
    });
  });
}

function addChange(app: OpenAPIHono<ApiEnv>, { sql, now }: UserRoutes): void {
  const change = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'put',
    path: '/api/users/{userId}',
    tags,
    summary: 'Change the name or the role of somebody, or close their account',
    description: 'Counts at once; closing an account ends its sessions.',
    request: {
      params,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: changedUserSchema } } },
    },
    responses: { 200: ok('The person.', userSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const { userId } = c.req.valid('param');
    const version = requireVersion(c);
    const { name, role, isDisabled } = c.req.valid('json');
    const before = await requireUser(sql, userId);
    const caller = c.get('caller');
    const detail = { name, role, roleBefore: before.role, isDisabled, wasDisabled: before.isDisabled };
    const entry = { action: 'user.change', subject: before.signInName, detail };
    const user = await doAudited(c, sql, entry, async (transaction) => {
      requireMayGrant(caller, effectiveRole(before));
      requireMayGrant(caller, role);
      return await keepAdministrator(transaction, async () => {
        const changed = await changeUser(transaction, {
          ...{ userId, version, name, role, isDisabled, at: now(), by: actorOf(caller) },
        });
        if (!changed) throw await refuseVersion(transaction, userId);
        if (isDisabled) await endSessionsOf(transaction, userId);
        return changed;
      });
    });
    return c.json(renderUser(user), 200, { ETag: etagOf(user.version) });
  });
}

function addDeletion(app: OpenAPIHono<ApiEnv>, { sql }: UserRoutes): void {
  const remove = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'delete',
    path: '/api/users/{userId}',
    tags,
    summary: 'Delete somebody with their sessions',
    description: 'What they did stays in the audit.',
    request: { params, headers: ifMatchHeader },
    responses: { 204: { description: 'They are deleted.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const { userId } = c.req.valid('param');
    const version = requireVersion(c);
    const user = await requireUser(sql, userId);
    await doAudited(c, sql, { action: 'user.delete', subject: user.signInName }, async (transaction) => {
      requireMayGrant(c.get('caller'), effectiveRole(user));
      await keepAdministrator(transaction, async () => {
        if (!(await deleteUser(transaction, userId, version))) throw await refuseVersion(transaction, userId);
      });
    });
    return c.body(null, 204);
  });
}

function addPasswordReset(app: OpenAPIHono<ApiEnv>, { sql, now }: UserRoutes): void {
  const reset = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'post',
    path: '/api/users/{userId}/password',
    tags,
    summary: 'Give somebody another password',
    description: 'Ends their sessions.',
    request: {
      params,
      body: { required: true, content: { 'application/json': { schema: newPasswordSchema } } },
    },
    responses: { 204: { description: 'It is changed.' }, ...problems(404, 409) },
  });
  app.openapi(reset, async (c) => {
    const user = await requireUser(sql, c.req.valid('param').userId);
    const { userId, signInName } = user;
    const { password } = c.req.valid('json');
    requireGoodPassword(password, user, 'body.password');
    const passwordHash = await hashPassword(password);
    await doAudited(c, sql, { action: 'user.reset-password', subject: signInName }, async (transaction) => {
      requireMayGrant(c.get('caller'), effectiveRole(user));
      if (!(await changePassword(transaction, { userId, passwordHash, at: now() }))) {
        throw new Refusal(
          'user-exists',
          `${signInName} signs in with ${user.provider?.name ?? 'a provider'}, which keeps the password: change it there.`,
        );
      }
      await endSessionsOf(transaction, userId);
    });
    return c.body(null, 204);
  });

  const signOut = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'delete',
    path: '/api/users/{userId}/sessions',
    tags,
    summary: 'End all sessions of somebody',
    request: { params },
    responses: {
      200: ok('How many there were.', z.object({ endedSessions: z.int() })),
      ...problems(404),
    },
  });
  app.openapi(signOut, async (c) => {
    const { userId, signInName } = await requireUser(sql, c.req.valid('param').userId);
    const entry = { action: 'user.end-sessions', subject: signInName };
    const endedSessions = await doAudited(c, sql, entry, (transaction) => endSessionsOf(transaction, userId));
    return c.json({ endedSessions }, 200);
  });
}

async function requireUser(sql: Sql, userId: number): Promise<User> {
  const user = await readUser(sql, userId);
  if (user) return user;
  throw new Refusal('user-unknown', `There is nobody with the number ${userId}.`);
}

async function refuseVersion(sql: ISql, userId: number): Promise<Refusal> {
  const user = await readUser(sql, userId);
  if (!user) return new Refusal('user-unknown', `There is nobody with the number ${userId} any more.`);
  return refuseChanged(`The account ${user.signInName}`, user);
}

function renderUser(user: User): z.input<typeof userSchema> {
  const { createdAt, changedAt, lastSignInAt, passwordChangedAt, ...rest } = user;
  return {
    ...rest,
    effectiveRole: effectiveRole(user),
    createdAt: text(createdAt),
    changedAt: text(changedAt),
    lastSignInAt: textOrNull(lastSignInAt),
    passwordChangedAt: textOrNull(passwordChangedAt),
  };
}
