// Changes to devices and organizational contacts.
import type { Changes, ChurnContext } from './churn-context.ts';
import { applyDynamicMembership } from './dynamic-membership.ts';
import { contactValues } from './generate-contacts.ts';
import { deviceValues } from './generate-devices.ts';
import { phoneNumber } from './generate-people.ts';
import { deviceModels, offices } from './names.ts';

export type DeviceChangeKind =
  | 'deviceRegistered'
  | 'deviceUpdated'
  | 'deviceRemoved'
  | 'contactCreated'
  | 'contactUpdated'
  | 'contactRemoved';

export function deviceChanges(context: ChurnContext): Changes<DeviceChangeKind> {
  const { directory, random, now, pick, nextNumber } = context;
  return {
    deviceRegistered() {
      const owner = pick('user', ({ values }) => values.userType === 'Member');
      if (!owner) return false;
      const device = directory.insert('device', random.guid(), {
        ...deviceValues(random, nextNumber('device') + 1, owner.id),
        approximateLastSignInDateTime: now(),
        registrationDateTime: now(),
      });
      directory.link(device, 'registeredOwners', owner);
      directory.link(device, 'registeredUsers', owner);
      applyDynamicMembership(directory, device);
      return true;
    },
    deviceUpdated() {
      const device = pick('device');
      if (!device) return false;
      const model = deviceModels.find(
        ({ operatingSystem }) => operatingSystem === device.values.operatingSystem,
      );
      const changed = directory.update(device, {
        approximateLastSignInDateTime: now(),
        isCompliant: random.below(10) > 0,
        ...(model ? { operatingSystemVersion: random.pick(model.versions) } : {}),
      });
      applyDynamicMembership(directory, device);
      return changed.length > 0;
    },
    deviceRemoved() {
      const device = pick('device');
      if (!device) return false;
      directory.purge(device);
      return true;
    },
    contactCreated() {
      const number = nextNumber('orgContact') + 1;
      directory.insert('orgContact', random.guid(), contactValues(random, number));
      return true;
    },
    contactUpdated() {
      const contact = pick('orgContact');
      if (!contact) return false;
      const { phonePrefix } = random.pick(offices);
      const number = phoneNumber(random, phonePrefix, 4);
      directory.update(contact, { phones: [{ language: null, number, region: null, type: 'business' }] });
      return true;
    },
    contactRemoved() {
      const contact = pick('orgContact');
      if (!contact) return false;
      directory.purge(contact);
      return true;
    },
  };
}
