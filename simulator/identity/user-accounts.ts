// Users who can sign in with a password, and the judgement of those who try (Microsoft identity platform: resource owner password
// credentials). Passwords written through Graph are not kept; those of tests are told to the control endpoint.
import { z } from 'zod';
import { type ControlEndpoints, readControlBody } from '../control.ts';
import { jsonReply } from '../http.ts';
import { type Refusal, refuse } from './aadsts.ts';
import type { AppRegistry, RegisteredApp, RegisteredUser } from './app-registry.ts';
import { isDomainOf } from './tenant-name.ts';

/** What a sign-in with the right password still lacks. */
const needs = ['nothing', 'secondFactor', 'newPassword'] as const;
const accountsSchema = z.strictObject({
  accounts: z.array(
    z.strictObject({
      userPrincipalName: z.string().min(1),
      password: z.string().min(1),
      needs: z.enum(needs).default('nothing'),
    }),
  ),
});

export interface PasswordAccount {
  readonly password: string;
  readonly needs: (typeof needs)[number];
}

export interface UserAccounts {
  find(userPrincipalName: string): PasswordAccount | undefined;
  /** Below the root of the control endpoint. */
  readonly controls: ControlEndpoints;
}

/** Nobody has a password to begin with. */
export function createUserAccounts(): UserAccounts {
  let accounts = new Map<string, PasswordAccount>();
  const list = () => jsonReply(200, { userPrincipalNames: [...accounts.keys()] });
  return {
    find: (name) => accounts.get(name.toLowerCase()),
    controls: {
      '/passwords': {
        GET: list,
        PUT(request) {
          const given = readControlBody(request, accountsSchema).accounts;
          accounts = new Map(
            given.map(({ userPrincipalName, ...account }) => [userPrincipalName.toLowerCase(), account]),
          );
          return list();
        },
      },
    },
  };
}

/** A user who may come in, with what the application may do in their name. */
export type JudgedUser = Readonly<{
  kind: 'user';
  account: RegisteredUser;
  scopes: readonly string[];
}>;

/** Judges the user of a request that has proven its application. */
export function judgeUser(
  { registry, accounts }: Readonly<{ registry: AppRegistry; accounts: UserAccounts }>,
  form: URLSearchParams,
  app: RegisteredApp,
  resource: string,
): JudgedUser | Refusal {
  const name = form.get('username');
  if (!name) return refuse(900144, { parameter: 'username' });
  const domain = name.slice(name.lastIndexOf('@') + 1);
  if (!isDomainOf(registry, domain)) return refuse(50034, { user: name, tenant: registry.tenantName });
  const user = registry.findUser(name);
  const account = user && accounts.find(user.userPrincipalName);
  if (!account || account.password !== form.get('password')) return refuse(50126);
  if (!user.isEnabled) return refuse(50057);
  if (account.needs === 'newPassword') return refuse(50055);
  if (account.needs === 'secondFactor') return refuse(50076, { resource }, { suberror: 'basic_action' });
  const granted = app.delegated.filter(({ userId }) => userId === undefined || userId === user.id);
  const scopes = [...new Set(granted.flatMap((grant) => grant.scopes))];
  if (scopes.length === 0) return refuse(65001, { appId: app.appId, name: app.displayName });
  return { kind: 'user', account: user, scopes };
}
