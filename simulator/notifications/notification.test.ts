import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createDirectory, type Directory } from '../tenant/directory.ts';
import type { DirectoryObject } from '../tenant/directory-object.ts';
import { notificationsOf } from './notification.ts';
import type { Subscription } from './subscription.ts';
import { parseResource } from './watched-resource.ts';

const startMs = Date.UTC(2026, 2, 2, 12);
const tenantId = '11111111-2222-4333-8444-555555555555';

function openTenant() {
  const clock = manualClock(startMs);
  const directory = createDirectory(tenantId, clock);
  const make = (type: 'user' | 'group' | 'device', number: number) =>
    directory.insert(type, `00000000-0000-4000-8000-${type.length}${String(number).padStart(11, '0')}`, {
      displayName: `${type} ${number}`,
    });
  return { clock, directory, make };
}

function watching(resource: string, changes: Partial<Subscription> = {}): Subscription {
  const watched = parseResource(resource);
  if (!watched) throw new Error(resource);
  return {
    id: `of ${resource}`,
    applicationId: 'application',
    creatorId: 'principal',
    resource,
    watched,
    changeType: 'updated,deleted',
    changeTypes: new Set(['updated', 'deleted']),
    notificationUrl: 'http://localhost/hook',
    expiresAtMs: startMs + 86_400_000,
    sinceTx: 0,
    clientState: 'state',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    latestSupportedTlsVersion: 'v1_2',
    lifecycleNotificationUrl: null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
    ...changes,
  };
}

const told = (directory: Directory, ...subscriptions: readonly Subscription[]) =>
  notificationsOf(directory.log.between(0, directory.tx), subscriptions, tenantId).map(
    ({ notification }) => notification,
  );

describe('what is told', () => {
  test('of a user: creation, change, manager, deletion and restore as updated, the end as deleted', () => {
    const { directory, make } = openTenant();
    const [boss, user] = [make('user', 1), make('user', 2)];
    const steps: readonly (readonly [() => void, string])[] = [
      [() => directory.update(user, { jobTitle: 'Smith' }), 'updated'],
      [() => directory.link(user, 'manager', boss), 'updated'],
      [() => directory.softDelete(user), 'updated'],
      [() => directory.restore(user), 'updated'],
    ];
    for (const [step, changeType] of steps) {
      const sinceTx = directory.tx;
      step();
      expect(told(directory, watching(`users/${user.id}`, { sinceTx }))).toMatchObject([
        { changeType, resource: `Users/${user.id}`, resourceData: { id: user.id } },
      ]);
    }
    const sinceTx = directory.tx;
    directory.purge(user);
    expect(told(directory, watching('users', { sinceTx, changeTypes: new Set(['deleted']) }))).toMatchObject([
      { changeType: 'deleted', resource: `Users/${user.id}` },
    ]);
  });

  test('of a group that several things happened to: one notification with the last word on each link', () => {
    const { directory, make } = openTenant();
    const group = make('group', 1);
    const [one, two, three] = [make('user', 1), make('user', 2), make('user', 3)];
    directory.link(group, 'members', one);
    directory.link(group, 'members', two);
    directory.unlink(group, 'members', one);
    directory.link(group, 'owners', three);
    expect(told(directory, watching('groups'))).toEqual([
      {
        changeType: 'updated',
        clientState: 'state',
        resource: `Groups/${group.id}`,
        subscriptionId: 'of groups',
        subscriptionExpirationDateTime: '2026-03-03T12:00:00+00:00',
        tenantId,
        resourceData: {
          '@odata.type': '#Microsoft.Graph.Group',
          '@odata.id': `Groups/${group.id}`,
          id: group.id,
          organizationId: tenantId,
          sequenceNumber: 639_080_496_000_000_000,
          'members@delta': [{ id: one.id, '@removed': 'deleted' }, { id: two.id }],
          'owners@delta': [{ id: three.id }],
        },
      },
    ]);
  });

  test('to who watches members: members and the end of the group, nothing else', () => {
    const { directory, make } = openTenant();
    const [group, other, user] = [make('group', 1), make('group', 2), make('user', 1)];
    const subscription = watching(`groups/${group.id}/members`, { sinceTx: directory.tx });
    directory.update(group, { description: 'x' });
    directory.link(group, 'owners', user);
    directory.link(other, 'members', user);
    expect(told(directory, subscription)).toEqual([]);
    directory.link(group, 'members', user);
    directory.purge(group);
    expect(told(directory, subscription).map(({ changeType }) => changeType)).toEqual(['updated', 'deleted']);
  });

  test('of a huge group: parts of a hundred members', () => {
    const { directory, make } = openTenant();
    const group = make('group', 1);
    for (let number = 0; number < 250; number++) directory.link(group, 'members', make('device', number));
    const parts = told(directory, watching('groups')).map(
      ({ resourceData }) => (resourceData['members@delta'] as unknown[]).length,
    );
    expect(parts).toEqual([100, 100, 50]);
  });

  test('not what happened before the subscription or after its end', () => {
    const { directory, make, clock } = openTenant();
    const before = make('user', 1);
    const subscription = watching('users', { sinceTx: directory.tx });
    const during = make('user', 2);
    clock.advance(86_400_000);
    directory.update(before, { jobTitle: 'x' });
    expect(told(directory, subscription).map(({ resourceData }) => resourceData.id)).toEqual([during.id]);
  });
});

type Act = (directory: Directory, object: DirectoryObject, other: DirectoryObject) => void;
const acts: Readonly<Record<string, Act>> = {
  change: (directory, object) => directory.update(object, { displayName: `changed ${directory.tx}` }),
  link: (directory, object, other) =>
    directory.link(object, object.type === 'group' ? 'members' : 'manager', other),
  unlink: (directory, object, other) =>
    directory.unlink(object, object.type === 'group' ? 'members' : 'manager', other),
  remove: (directory, object) => object.deletedAt === 0 && directory.softDelete(object),
  restore: (directory, object) => object.deletedAt !== 0 && directory.restore(object),
};

test('who watches all users and groups is told of every one that changed, and of no other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.nat(5), fc.nat(5)), { maxLength: 30 }),
      (drawn) => {
        const { directory, make } = openTenant();
        const objects = [1, 2, 3].flatMap((number) => [make('user', number), make('group', number)]);
        const sinceTx = directory.tx;
        for (const [act, object, other] of drawn) acts[act]?.(directory, objects[object]!, objects[other]!);
        const changed = new Set(
          [...directory.log.between(sinceTx, directory.tx)].map(({ object }) => object.id),
        );
        const notified = told(directory, watching('users', { sinceTx }), watching('groups', { sinceTx }));
        expect(notified.map(({ resourceData }) => resourceData.id).toSorted()).toEqual(
          [...changed].toSorted(),
        );
      },
    ),
  );
});
