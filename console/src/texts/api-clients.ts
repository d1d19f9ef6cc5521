/** The texts of the page of API clients, in pages/settings/. */
import { defineTexts } from './texts.ts';

export const t = defineTexts({
  'apiClients.title': 'API clients',
  'apiClients.summary':
    'Programs that use the API, such as a scheduler that launches jobs. Each signs in with an identifier and a secret of its own.',
  'apiClients.list': 'API clients',
  'apiClients.add': 'Add API client',
  'apiClients.none': 'There is no API client yet',
  'apiClients.noneHint':
    'A program gets an identifier and a secret here, and an access token for them at {address}.',
  'apiClients.identifier': 'Client id',
  'apiClients.identifierHint': 'Up to 100 letters, digits, dots, hyphens and underscores.',
  'apiClients.identifierWrong':
    'Use up to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit.',
  'apiClients.displayName': 'Name',
  'apiClients.access': 'Access',
  'apiClients.role': 'Role',
  'apiClients.own': 'Chosen permissions',
  'apiClients.ownHint': 'Each grants what is below it, too.',
  'apiClients.ownMissing': 'Choose at least one permission.',
  'apiClients.permissions': 'Permissions',
  'apiClients.permissionCount': '{count, plural, one {# permission} other {# permissions}}',
  'apiClients.origin': 'Made by',
  'apiClients.origin.configuration': 'Configuration',
  'apiClients.origin.command': 'Command line',
  'apiClients.origin.api': 'Console or API',
  'apiClients.created': 'Created',
  'apiClients.createdBy': 'Created by',
  'apiClients.lastUsed': 'Last used',
  'apiClients.expires': 'Expires',
  'apiClients.expiresHint':
    'Until the end of this day in your time zone. Leave it empty for a client that does not expire.',
  'apiClients.expiresPast': 'Choose a day that is not over.',
  'apiClients.noExpiry': 'Does not expire',
  'apiClients.expired': 'Expired',
  'apiClients.previous': 'The secret before is taken as well until',
  'apiClients.actions': 'Actions',
  'apiClients.actionsOf': 'Actions for {name}',
  'apiClients.exchange': 'Exchange secret…',
  'apiClients.exchangeTitle': 'Exchange the secret of {name}?',
  'apiClients.exchangeText':
    'A new secret is made. The one that the program has now is taken as well for as long as you choose, so that it can be changed without a gap.',
  'apiClients.overlap': 'The secret before goes on for',
  'apiClients.overlapHours': '{hours, plural, =0 {no time: it ends at once} one {# hour} other {# hours}}',
  'apiClients.exchangeDo': 'Exchange secret',
  'apiClients.ofConfiguration': 'It comes from the configuration: change it there.',
  'apiClients.revoke': 'Revoke…',
  'apiClients.revokeTitle': 'Revoke {name}?',
  'apiClients.revokeText':
    'Its secret and its access tokens end at once, and the program that uses them is refused from then on. This cannot be taken back.',
  'apiClients.revokeConfigured': 'The next deployment makes it again if the configuration still names it.',
  'apiClients.revokeDo': 'Revoke',
  'apiClients.revoked': '{name} is revoked',
  'apiClients.secretTitle': 'The secret of {name}',
  'apiClients.secretText':
    'It is shown this once. Copy it to where the program reads it; it is kept nowhere here.',
  'apiClients.secret': 'Secret',
  'apiClients.tokenAddress': 'Address for tokens',
  'apiClients.stored': 'I stored it',
} as const);
