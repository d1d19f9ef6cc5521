// The mapping that is measured: the four rows of an import from Microsoft Entra, matched on the user name.
import { defaultGuards, defaultSettings } from '../src/mapping/mapping-defaults.ts';
import type { AttributeMapping, MappingDefinition } from '../src/model/mapping.ts';

const row = (target: string, name: string): AttributeMapping => ({
  target,
  source: { kind: 'attribute', name },
  apply: 'always',
  ifEmpty: 'clear',
});

export const benchMapping: MappingDefinition = {
  name: 'Bench to identities',
  displayName: '',
  description: '',
  source: { connection: 'Bench', type: 'user' },
  target: { connection: 'Identities', type: 'alpha_user' },
  isEnabled: true,
  scope: {},
  linkQualifiers: [],
  correlation: [{ match: { all: ['userName'] } }],
  attributes: [
    row('userName', 'userPrincipalName'),
    row('mail', 'mail'),
    row('givenName', 'givenName'),
    row('sn', 'surname'),
  ],
  policies: [],
  settings: defaultSettings,
  guards: defaultGuards,
};
