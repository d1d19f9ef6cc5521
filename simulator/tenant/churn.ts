// Changes as time goes by: people come, move and leave, groups fill and empty, devices are replaced. Each change is one
// that an administrator could have made, at a cost that does not grow with the tenant.
import { type ApplicationChangeKind, applicationChanges } from './churn-applications.ts';
import { type Changes, createChurnContext } from './churn-context.ts';
import { type DeviceChangeKind, deviceChanges } from './churn-devices.ts';
import { type GroupChangeKind, groupChanges } from './churn-groups.ts';
import { type UserChangeKind, userChanges } from './churn-users.ts';
import type { Directory } from './directory.ts';

type ChangeKind = UserChangeKind | GroupChangeKind | DeviceChangeKind | ApplicationChangeKind;

/** How often each kind of change happened; `changes` is their sum. */
type ChurnSummary = { changes: number } & Partial<Record<ChangeKind, number>>;

export interface Churn {
  /** Makes this many changes. */
  change(count: number): ChurnSummary;
}

/** How often the kinds come, relative to each other. */
const weights: Record<ChangeKind, number> = {
  userHired: 30,
  userRenamed: 15,
  userMoved: 60,
  userRelocated: 30,
  userPromoted: 40,
  phoneChanged: 50,
  phoneRemoved: 10,
  extensionChanged: 30,
  passwordReset: 40,
  licenceChanged: 25,
  userDisabled: 15,
  userEnabled: 15,
  managerChanged: 30,
  managerRemoved: 5,
  userDeleted: 20,
  userRestored: 8,
  userPurged: 5,
  guestInvited: 8,
  guestAccepted: 8,
  groupCreated: 12,
  groupRenamed: 8,
  groupDeleted: 5,
  groupRestored: 2,
  groupPurged: 2,
  memberAdded: 200,
  memberRemoved: 130,
  ownerAdded: 12,
  ownerRemoved: 8,
  groupNested: 4,
  groupUnnested: 3,
  ruleChanged: 2,
  unitCreated: 1,
  unitRenamed: 2,
  unitMemberAdded: 5,
  unitMemberRemoved: 4,
  roleMemberAdded: 3,
  roleMemberRemoved: 3,
  deviceRegistered: 15,
  deviceUpdated: 25,
  deviceRemoved: 6,
  contactCreated: 3,
  contactUpdated: 4,
  contactRemoved: 1,
  applicationCreated: 3,
  applicationUpdated: 4,
  applicationDeleted: 1,
  secretAdded: 2,
  servicePrincipalSwitched: 3,
  roleAssigned: 8,
  roleUnassigned: 6,
  grantChanged: 2,
};

/** After so many kinds that found nothing to change, somebody is hired instead: that is always possible. */
const mostAttempts = 40;

/** Changes follow from the seed and the tenant they start with; only their instants are the clock's. */
export function createChurn(directory: Directory, options: { seed: number }): Churn {
  const context = createChurnContext(directory, options.seed);
  const { random } = context;
  const perform: Changes<ChangeKind> = {
    ...userChanges(context),
    ...groupChanges(context),
    ...deviceChanges(context),
    ...applicationChanges(context),
  };
  const drawn = (Object.keys(weights) as ChangeKind[]).flatMap((kind) =>
    Array<ChangeKind>(weights[kind]).fill(kind),
  );

  const changeOnce = (): ChangeKind => {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const kind = random.pick(drawn);
      if (perform[kind]()) return kind;
    }
    perform.userHired();
    return 'userHired';
  };

  return {
    change(count) {
      const summary: ChurnSummary = { changes: count };
      for (let done = 0; done < count; done++) {
        const kind = changeOnce();
        summary[kind] = (summary[kind] ?? 0) + 1;
      }
      return summary;
    },
  };
}
