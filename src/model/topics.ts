/** Topics: the parts of what there is to see, of which the console is told that something has changed. */

export const topics = [
  'runs',
  'jobs',
  'integrations',
  'profiles',
  'directory',
  'workers',
  'audit',
  'users',
  'configuration',
  'applications',
  'mappings',
  'reconciliations',
] as const;
export type Topic = (typeof topics)[number];

/** What people do is in the audit, under actions such as `credential-profile.update`: beginnings of their names with what they change. */
const changedBy: readonly (readonly [RegExp, readonly Topic[]])[] = [
  [/^(user|session|setup|sign-in|provider|role)/, ['users']],
  [/^api-client/, ['configuration']],
  [/^configuration/, ['configuration', 'jobs', 'integrations']],
  [/^(credential|profile)/, ['profiles', 'integrations']],
  [/^(tenant|integration|connection|connector|entity-type)/, ['integrations', 'jobs', 'configuration']],
  [/^(tag|resource|directory|identity)/, ['directory']],
  [/^(job-run|run)/, ['runs']],
  [/^(job|schedule)/, ['jobs']],
  [/^application/, ['applications', 'mappings']],
  [/^mapping/, ['mappings', 'reconciliations', 'jobs']],
  [/^account-link/, ['mappings', 'reconciliations']],
  [/^reconciliation/, ['reconciliations', 'runs']],
];

/** The topics that an action of the audit changes, the audit itself included. */
export function topicsOfAction(action: string): readonly Topic[] {
  return ['audit', ...changedBy.filter(([begins]) => begins.test(action)).flatMap(([, changed]) => changed)];
}
