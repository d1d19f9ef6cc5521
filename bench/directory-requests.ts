// What the console asks of the directory: searches of every kind, and the largest resources with their links and history.
import { groupKey, userKey } from './directory-filling.ts';

/** Requests about a connection that `fillDirectory` has filled. */
export function directoryRequests(connection: string): readonly Readonly<{ name: string; path: string }>[] {
  const list = '/api/directory/resources';
  const search = (q: string, more = '') => `${list}?q=${encodeURIComponent(q)}${more}`;
  const user = `${list}/${connection}/user/${userKey(1)}`;
  const usual = `${list}/${connection}/user/${userKey(123)}`;
  const group = `${list}/${connection}/group/${groupKey(1)}`;
  const members = 'association=group.members';
  return [
    { name: 'directory: types', path: '/api/directory/types' },
    { name: 'directory: everything', path: list },
    { name: 'directory: everything, 1,000 rows', path: `${list}?limit=1000` },
    { name: 'directory: one letter', path: search('s') },
    { name: 'directory: two letters', path: search('sa') },
    { name: 'directory: what all have', path: search('contoso.com') },
    { name: 'directory: a frequent name', path: search('sami') },
    { name: 'directory: a rare name', path: search('zuosov') },
    { name: 'directory: an id', path: search(userKey(777)) },
    { name: 'directory: an employee number', path: search('E0001234') },
    { name: 'directory: nothing', path: search('nobody at all') },
    { name: 'directory: two short words', path: search('sa ca') },
    { name: 'directory: a frequent and a rare word', path: search('sami tailspin') },
    { name: 'directory: three frequent words', path: search('jo e000 contoso') },
    { name: 'directory: words that never meet', path: search('contoso fabrikam') },
    { name: 'directory: groups only', path: search('s', '&type=group') },
    { name: 'directory: deleted', path: search('s', '&deleted=true') },
    { name: 'directory: details', path: usual },
    { name: 'directory: details of a busy user', path: user },
    { name: 'directory: details of a large group', path: group },
    { name: 'directory: history of a busy user', path: `${user}/history` },
    { name: 'directory: history of a large group', path: `${group}/history` },
    { name: 'directory: 2,000 groups', path: `${user}/links?${members}&direction=to` },
    {
      name: 'directory: 2,000 groups, inherited',
      path: `${user}/links?${members}&direction=to&kind=indirect`,
    },
    { name: 'directory: 100,000 members', path: `${group}/links?${members}&direction=from` },
    { name: 'directory: 100,000 members, nested', path: `${group}/links?${members}&direction=from&kind=all` },
    { name: 'directory: tags', path: '/api/directory/tags' },
  ];
}
