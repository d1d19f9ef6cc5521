// The devices of a generated tenant: laptops, phones and workstations with the people they belong to.
import type { Directory } from './directory.ts';
import type { DirectoryObject, Values } from './directory-object.ts';
import { daysAgo, workingHour } from './generate-dates.ts';
import { flat, onPremisesSid } from './generate-people.ts';
import { type DeviceModel, deviceModels } from './names.ts';
import type { Random } from './random.ts';

/** Active Directory's ids of devices follow those of people. */
const firstRelativeId = 5_000_000;

/** Must run inside `directory.load`. */
export function generateDevices(
  directory: Directory,
  random: Random,
  count: number,
  people: readonly DirectoryObject[],
): readonly DirectoryObject[] {
  const devices: DirectoryObject[] = [];
  for (let number = 1; number <= count; number++) {
    const owner = random.pick(people);
    const values = deviceValues(random, number, owner.id);
    const device = directory.insert('device', random.guid(), values);
    // One in twenty belongs to nobody: a kiosk or a meeting room.
    if (number % 20 !== 0) {
      directory.link(device, 'registeredOwners', owner);
      directory.link(device, 'registeredUsers', owner);
    }
    devices.push(device);
  }
  return devices;
}

/** Values of a device. Every third computer is a hybrid one, synchronized from Active Directory. */
export function deviceValues(random: Random, number: number, ownerId: string): Values {
  const model = deviceModels[Math.min(random.below(deviceModels.length), random.below(deviceModels.length))]!;
  const registeredDaysAgo = 1 + random.below(1400);
  const seenDaysAgo = random.below(Math.min(registeredDaysAgo, 60));
  const values: Values = {
    accountEnabled: number % 50 !== 0,
    approximateLastSignInDateTime: workingHour(random, seenDaysAgo),
    deviceId: random.guid(),
    deviceOwnership: 'Company',
    deviceVersion: 2,
    displayName: deviceName(model, number),
    isCompliant: random.below(10) > 0,
    isManaged: true,
    managementType: 'MDM',
    manufacturer: model.manufacturer,
    model: random.pick(model.models),
    operatingSystem: model.operatingSystem,
    operatingSystemVersion: random.pick(model.versions),
    physicalIds: [flat('[USER-GID]:', ownerId, ':', String(6_825_000_000 + number))],
    profileType: 'RegisteredDevice',
    registrationDateTime: workingHour(random, registeredDaysAgo),
    trustType: 'AzureAd',
  };
  if (model.operatingSystem === 'Windows') {
    values.alternativeSecurityIds = [
      { identityProvider: null, key: random.bytes(24).toString('base64'), type: 2 },
    ];
    if (number % 3 === 0) {
      values.trustType = 'ServerAd';
      values.onPremisesLastSyncDateTime = daysAgo(0, 1);
      values.onPremisesSecurityIdentifier = onPremisesSid(firstRelativeId + number);
      values.onPremisesSyncEnabled = true;
    }
  } else if (number % 4 === 0) {
    values.trustType = 'Workplace';
    values.deviceOwnership = 'Personal';
  }
  return values;
}

function deviceName(model: DeviceModel, number: number): string {
  return `${model.prefix}-${String(number).padStart(5, '0')}`;
}
