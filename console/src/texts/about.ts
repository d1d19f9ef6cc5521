/** The texts of the page About, in pages/settings/. */
import { defineTexts } from './texts.ts';

export const t = defineTexts({
  'about.title': 'About',
  'about.summary': 'This Syncline, its health, and where to read more.',
  'about.server': 'Server',
  'about.version': 'Version',
  'about.address': 'Address',
  'about.environment': 'Environment',
  'about.ready': 'Ready',
  'about.readyYes': 'Requests are answered',
  'about.readyNo': 'The database or its tables are not ready',
  'about.workers': 'Workers',
  'about.workersAlive': '{count, plural, =0 {None is alive} one {# is alive} other {# are alive}}',
  'about.workersHidden': 'Your role does not show them.',
  'about.more': 'For programs',
  'about.api': 'The API, with every address',
  'about.openapi': 'OpenAPI document',
  'about.discovery': 'OpenID discovery',
  'about.health': 'Health',
  'about.licence': 'Licence',
  'about.licenceText': 'Syncline is under the Apache License 2.0.',
  'about.browser': 'This browser',
  'about.zone': 'Time zone',
  'about.language': 'Language',
} as const);
