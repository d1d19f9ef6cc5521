// The users of a generated tenant: members in a tree of managers, some of them synchronized, guests, and a few who were
// deleted lately.
import type { Directory } from './directory.ts';
import type { DirectoryObject } from './directory-object.ts';
import {
  addExtensionValues,
  addOnPremisesValues,
  addressOf,
  type ExtensionNames,
  guestValues,
  memberValues,
  type Person,
  type Position,
  pickName,
  pickOffice,
  pickPartner,
} from './generate-people.ts';
import { chiefTitles, departments, type Office, offices } from './names.ts';
import type { Random } from './random.ts';

const dayMs = 86_400_000;
/** How many people report to one manager. */
const span = 8;
export const firstEmployeeNumber = 10_000;

export interface Users {
  /** Live users in the order of their creation: members and guests. */
  readonly live: readonly DirectoryObject[];
  readonly members: readonly DirectoryObject[];
  readonly guests: readonly DirectoryObject[];
  /** Soft-deleted, on top of the number asked for. */
  readonly deleted: readonly DirectoryObject[];
}

/** Must run inside `directory.load`. */
export function generateUsers(
  directory: Directory,
  random: Random,
  count: number,
  extensionNames: ExtensionNames,
  nowMs: number,
): Users {
  const live: DirectoryObject[] = [];
  const members: DirectoryObject[] = [];
  const guests: DirectoryObject[] = [];
  const departmentOf: number[] = [];
  const findPerson = createNameBook(random);

  const addGuest = () => {
    const id = random.guid();
    const partner = pickPartner(random);
    const person = findPerson(random.pick(offices), partner.domain);
    const guest = directory.insert('user', id, guestValues(random, person, partner));
    guests.push(guest);
    return guest;
  };

  const addMember = (place: number) => {
    const id = random.guid();
    const rank = members.length;
    const manager = rank === 0 ? -1 : Math.floor((rank - 1) / span);
    const department = pickDepartment(random, rank, departmentOf[manager]);
    const level = levelOf(rank);
    const office = level < 2 ? offices[0]! : pickOffice(random);
    const position: Position = {
      department: departments[department]!,
      jobTitle: titleOf(random, rank, level, department, count),
      office,
    };
    const employeeNumber = firstEmployeeNumber + rank;
    const values = memberValues(random, findPerson(office, ''), position, employeeNumber);
    if (isSynchronized(place)) addOnPremisesValues(random, values, employeeNumber);
    else if (place % 5 === 3) addExtensionValues(random, values, extensionNames);
    if (isDisabled(place)) values.accountEnabled = false;
    const member = directory.insert('user', id, values);
    // One in a hundred has no manager, besides the first.
    const boss = members[manager];
    if (boss && place % 100 !== 99) directory.link(member, 'manager', boss);
    departmentOf.push(department);
    members.push(member);
    return member;
  };

  for (let place = 0; place < count; place++) live.push(isGuest(place) ? addGuest() : addMember(place));

  const liveMembers = members.slice();
  const liveGuests = guests.slice();
  const deleted: DirectoryObject[] = [];
  const deletions = count < 10 ? 0 : Math.max(1, Math.round(count / 100));
  for (let place = 0; place < deletions; place++) {
    const user = place % 8 === 7 ? addGuest() : addMember(count + 1);
    deleted.push(user);
    directory.softDelete(user);
    // From 29 days to one day ago, the oldest first as in the deleted items of a tenant.
    user.deletedAt = nowMs - Math.round((1 + (28 * (deletions - place)) / deletions) * dayMs);
  }
  return { live, members: liveMembers, guests: liveGuests, deleted };
}

/** 8 % are guests, spread evenly; never the first, who leads the company. */
function isGuest(place: number): boolean {
  return (place * 61 + 50) % 100 < 8;
}

/** 15 % of all users. */
function isSynchronized(place: number): boolean {
  return (place * 61 + 50) % 100 >= 85;
}

/** About 4 % of the members. */
function isDisabled(place: number): boolean {
  return (place * 7 + 7) % 25 === 0;
}

/** Depth in the tree of managers: 0 for the first, 1 for the eight below, and so on. */
function levelOf(rank: number): number {
  let level = 0;
  for (let place = rank; place > 0; place = Math.floor((place - 1) / span)) level++;
  return level;
}

/** A department for each of the top eight and for the heads below them; further down that of the manager, mostly. */
function pickDepartment(random: Random, rank: number, ofManager: number | undefined): number {
  if (rank < 1 + span + span * span) return rank % departments.length;
  return ofManager === undefined || random.below(8) === 0 ? random.below(departments.length) : ofManager;
}

function titleOf(random: Random, rank: number, level: number, department: number, count: number): string {
  if (level === 0) return 'Chief Executive Officer';
  if (level === 1) return chiefTitles[(rank - 1) % chiefTitles.length]!;
  const titles = departments[department]!.jobTitles;
  if (level === 2) return titles[0]!;
  // Whoever leads somebody is a lead; the others are senior or not.
  return rank * span + 1 < count ? titles[1]! : titles[2 + random.below(2)]!;
}

/** Finds names whose addresses are unique within a mail domain: the second Anna Weber gets anna.weber2. */
function createNameBook(random: Random): (office: Office, domain: string) => Person {
  const takenCount = new Map<string, number>();
  return (office, domain) => {
    const { givenName, surname } = pickName(random, office);
    const address = addressOf(givenName, surname);
    const key = domain === '' ? address : `${address}@${domain}`;
    const number = (takenCount.get(key) ?? 0) + 1;
    takenCount.set(key, number);
    return { givenName, surname, address: number === 1 ? address : `${address}${number}` };
  };
}
