/** A provider as its form holds it, and the way there and back. */
import * as z from 'zod/mini';
import type { NewSignInProvider, SignInProvider } from '../../../../src/http/schemas/sign-in.ts';
import type { Loaded } from '../../kit/form.tsx';
import { t } from '../../texts/users.ts';
import { roleNames } from './role-matrix.tsx';

/** No role for people without a mapped value. */
export const noRole = 'none';

const mappingSchema = z.array(z.object({ word: z.string(), role: z.enum(roleNames) }));

export const providerFormSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, t('providers.nameMissing'))),
  issuer: z.string().check(z.trim(), z.minLength(1, t('providers.issuerMissing'))),
  clientId: z.string().check(z.trim(), z.minLength(1, t('providers.clientIdMissing'))),
  clientSecret: z.string(),
  scopes: z.string(),
  roleClaim: z.string().check(z.trim(), z.minLength(1, t('providers.roleClaimMissing'))),
  roleMapping: mappingSchema.check(
    z.refine(
      (lines) => {
        const words = lines.map(({ word }) => word.trim());
        return words.every((word) => word !== '') && new Set(words).size === words.length;
      },
      { error: t('providers.valueMissing') },
    ),
  ),
  defaultRole: z.enum([noRole, ...roleNames]),
  isEnabled: z.boolean(),
});
export type ProviderValues = z.infer<typeof providerFormSchema>;
export type RoleMapping = ProviderValues['roleMapping'];

export const providerLabels = {
  name: t('providers.name'),
  issuer: t('providers.issuer'),
  clientId: t('providers.clientId'),
  clientSecret: t('providers.secret'),
  scopes: t('providers.scopes'),
  roleClaim: t('providers.roleClaim'),
  roleMapping: t('providers.mapping'),
  defaultRole: t('providers.defaultRole'),
  isEnabled: t('providers.enabled'),
};

export const newProvider: ProviderValues = {
  name: 'Microsoft Entra ID',
  issuer: '',
  clientId: '',
  clientSecret: '',
  scopes: 'openid profile email',
  roleClaim: 'roles',
  roleMapping: [
    { word: 'Syncline.Administrator', role: 'administrator' },
    { word: 'Syncline.Operator', role: 'operator' },
    { word: 'Syncline.Auditor', role: 'auditor' },
  ],
  defaultRole: noRole,
  isEnabled: true,
};

export function valuesOf(provider: SignInProvider): Loaded<ProviderValues> {
  const { name, issuer, clientId, scopes, roleClaim, roleMapping, defaultRole, isEnabled, version } =
    provider;
  const values: ProviderValues = {
    name,
    issuer,
    clientId,
    clientSecret: '',
    scopes: scopes.join(' '),
    roleClaim,
    roleMapping: Object.entries(roleMapping).map(([word, role]) => ({ word, role })),
    defaultRole: defaultRole ?? noRole,
    isEnabled,
  };
  return { values, version };
}

/** What the server is sent; a secret that is not typed stays what it is. */
export function inputOf(values: ProviderValues): NewSignInProvider {
  const { clientSecret, scopes, roleMapping, defaultRole, ...rest } = values;
  return {
    ...rest,
    ...(clientSecret !== '' && { clientSecret }),
    scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
    roleMapping: Object.fromEntries(roleMapping.map(({ word, role }) => [word.trim(), role])),
    defaultRole: defaultRole === noRole ? null : defaultRole,
  };
}
