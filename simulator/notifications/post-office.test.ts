import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createDirectory } from '../tenant/directory.ts';
import { createEndpointClient } from './endpoint-client.ts';
import { createPostOffice } from './post-office.ts';

test('a change costs no alarm while nobody subscribes', () => {
  let alarms = 0;
  const time = manualClock(0);
  const clock = {
    ...time,
    alarm(atMs: number, ring: () => void) {
      alarms++;
      return time.alarm(atMs, ring);
    },
  };
  const directory = createDirectory('11111111-2222-4333-8444-555555555555', clock);
  const client = createEndpointClient('');
  const office = createPostOffice({ directory, client, latencyMs: 50, answerTimeoutMs: 100 });
  const subscription = {
    id: 's',
    applicationId: 'a',
    creatorId: 'p',
    resource: 'groups',
    watched: { type: 'group', id: undefined, link: undefined },
    changeType: 'updated',
    changeTypes: new Set(['updated' as const]),
    notificationUrl: 'http://localhost/hook',
    expiresAtMs: 3_600_000,
    sinceTx: 0,
    clientState: null,
    encryptionCertificate: null,
    encryptionCertificateId: null,
    latestSupportedTlsVersion: 'v1_2',
    lifecycleNotificationUrl: null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
  } as const;
  const user = directory.insert('user', 'u', {});
  expect(alarms).toBe(0);

  office.serve(subscription);
  alarms = 0;
  for (let n = 0; n < 1_000; n++) directory.update(user, { displayName: `${n}` });
  expect(alarms).toBe(1);
  clock.advance(50);

  office.cancel('s');
  directory.update(user, { displayName: 'unwatched' });
  office.serve({ ...subscription, expiresAtMs: clock.now() + 1_000 });
  clock.advance(1_000);
  directory.update(user, { displayName: 'after its end' });
  clock.advance(50);
  alarms = 0;
  directory.update(user, { displayName: 'long after its end' });
  expect(alarms).toBe(0);
  office.stop();
});
