/** What the settings of reconciliation are as a form, and as parts of a mapping. */
import * as z from 'zod/mini';
import type {
  MappingSchedule,
  MappingTiming,
  ScheduleKind,
} from '../../../../../src/http/schemas/mapping-schedules.ts';
import type { Definition, Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { Loaded } from '../../../kit/form.tsx';
import { t } from '../../../texts/reconciliation.ts';

export const guardedActions = ['DELETE', 'UNLINK', 'UPDATE', 'CREATE'] as const;
export type GuardedAction = (typeof guardedActions)[number];

type Limit = { count: string; percent: string };

export const scheduleKinds = ['full', 'incremental'] as const satisfies readonly ScheduleKind[];
export type Schedules = Readonly<Record<ScheduleKind, MappingSchedule>>;

export type SettingsValues = {
  policies: Definition['policies'][number][];
  filterSource: string;
  filterTarget: string;
  runsTargetPhase: boolean;
  updatesOutsideFilter: boolean;
  allowsEmptySource: boolean;
  correlatesEmptyTarget: boolean;
  guards: Record<GuardedAction, Limit>;
  schedules: Record<ScheduleKind, MappingTiming>;
};

const count = z.string().check(z.refine((text) => /^\d{1,9}$/.test(text.trim()), t('guards.countInvalid')));
const percent = z
  .string()
  .check(
    z.refine(
      (text) => /^\d{1,3}(\.\d+)?$/.test(text.trim()) && Number(text) <= 100,
      t('guards.percentInvalid'),
    ),
  );
const limit = z.object({ count, percent });

export const settingsSchema = z.object({
  policies: z.array(z.any()),
  filterSource: z.string(),
  filterTarget: z.string(),
  runsTargetPhase: z.boolean(),
  updatesOutsideFilter: z.boolean(),
  allowsEmptySource: z.boolean(),
  correlatesEmptyTarget: z.boolean(),
  guards: z.object({ DELETE: limit, UNLINK: limit, UPDATE: limit, CREATE: limit }),
  schedules: z.any(),
});

export function loadedOf({ definition, version }: Mapping, schedules: Schedules): Loaded<SettingsValues> {
  const { settings, guards } = definition;
  const limitOf = (action: GuardedAction): Limit => ({
    count: String(guards[action].count),
    percent: String(guards[action].percent),
  });
  return {
    version,
    values: {
      policies: [...definition.policies],
      filterSource: definition.filterSource ?? '',
      filterTarget: definition.filterTarget ?? '',
      runsTargetPhase: settings.runsTargetPhase,
      updatesOutsideFilter: settings.updatesOutsideFilter,
      allowsEmptySource: settings.allowsEmptySource,
      correlatesEmptyTarget: settings.correlatesEmptyTarget,
      guards: {
        DELETE: limitOf('DELETE'),
        UNLINK: limitOf('UNLINK'),
        UPDATE: limitOf('UPDATE'),
        CREATE: limitOf('CREATE'),
      },
      schedules: { full: timingOf(schedules.full), incremental: timingOf(schedules.incremental) },
    },
  };
}

function timingOf({ schedule, timeZone, isEnabled }: MappingSchedule): MappingTiming {
  return { schedule, timeZone, isEnabled };
}

/** Whether nothing about a timing is to be saved. */
export function isSameTiming(one: MappingTiming, other: MappingTiming): boolean {
  const { schedule, timeZone, isEnabled } = one;
  return schedule === other.schedule && timeZone === other.timeZone && isEnabled === other.isEnabled;
}

/** A mapping with these settings, and everything else as it was. */
export function definitionOf(before: Definition, values: SettingsValues): Definition {
  const { filterSource: _, filterTarget: __, ...rest } = before;
  const { filterSource, filterTarget, guards } = values;
  const limitOf = (action: GuardedAction) => ({
    count: Number(guards[action].count),
    percent: Number(guards[action].percent),
  });
  return {
    ...rest,
    ...(filterSource.trim() === '' ? {} : { filterSource: filterSource.trim() }),
    ...(filterTarget.trim() === '' ? {} : { filterTarget: filterTarget.trim() }),
    policies: values.policies,
    settings: {
      ...before.settings,
      runsTargetPhase: values.runsTargetPhase,
      updatesOutsideFilter: values.updatesOutsideFilter,
      allowsEmptySource: values.allowsEmptySource,
      correlatesEmptyTarget: values.correlatesEmptyTarget,
    },
    guards: {
      DELETE: limitOf('DELETE'),
      UNLINK: limitOf('UNLINK'),
      UPDATE: limitOf('UPDATE'),
      CREATE: limitOf('CREATE'),
    },
  };
}

/** Whether nothing holds back a run that deletes whatever number. */
export function isUnlimited({ count: most, percent: share }: Limit): boolean {
  return Number(most) === 0 && Number(share) === 0;
}
