/** A schedule as the editor has it: every so often, a cron expression, or by hand; and back to what the server takes. Pure. */

export const startModes = ['every', 'cron', 'hand'] as const;
export type StartMode = (typeof startModes)[number];
export const units = ['minutes', 'hours', 'days'] as const;
export type Unit = (typeof units)[number];

export type ScheduleValues = {
  mode: StartMode;
  every: string;
  unit: Unit;
  /** Of days: the time of the day. */
  at: string;
  /** The cron expression. */
  schedule: string;
  timeZone: string;
  isEnabled: boolean;
};

/** How many of a unit there may be between two runs, so that they are evenly apart. */
export const mostOf: Readonly<Record<Unit, number>> = { minutes: 59, hours: 23, days: 28 };

/** Reads what the server has: the plain forms as what they say, everything else as cron. */
export function valuesOf(schedule: string | null, timeZone: string, isEnabled: boolean): ScheduleValues {
  const usual = {
    every: '15',
    unit: 'minutes' as Unit,
    at: '06:30',
    schedule: schedule ?? '',
    timeZone,
    isEnabled,
  };
  if (schedule === null) return { ...usual, mode: 'hand', schedule: '*/15 * * * *' };
  const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(schedule) ?? [];
  if (minutes !== undefined) return { ...usual, mode: 'every', every: minutes };
  const [, hours] = /^0 \*\/(\d+) \* \* \*$/.exec(schedule) ?? [];
  if (hours !== undefined) return { ...usual, mode: 'every', every: hours, unit: 'hours' };
  const [, minute, hour, days = '1'] = /^(\d{1,2}) (\d{1,2}) \*(?:\/(\d+))? \* \*$/.exec(schedule) ?? [];
  if (minute !== undefined && hour !== undefined) {
    const at = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
    return { ...usual, mode: 'every', every: days, unit: 'days', at };
  }
  return { ...usual, mode: 'cron' };
}

/** The cron expression that values stand for; null for by hand. What cannot be read gives an empty one. */
export function expressionOf({ mode, every, unit, at, schedule }: ScheduleValues): string | null {
  if (mode === 'hand') return null;
  if (mode === 'cron') return schedule.trim();
  const count = readEvery(every, unit);
  if (count === undefined) return '';
  if (unit === 'minutes') return `*/${count} * * * *`;
  if (unit === 'hours') return `0 */${count} * * *`;
  const time = readTime(at);
  if (time === undefined) return '';
  return `${time.minute} ${time.hour} ${count === 1 ? '*' : `*/${count}`} * *`;
}

export function readEvery(every: string, unit: Unit): number | undefined {
  const count = /^\d{1,2}$/.test(every.trim()) ? Number(every) : 0;
  return count >= 1 && count <= mostOf[unit] ? count : undefined;
}

export function readTime(at: string): Readonly<{ hour: number; minute: number }> | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(at.trim()) ?? [];
  const isTime = Number(hour) < 24 && Number(minute) < 60;
  return isTime ? { hour: Number(hour), minute: Number(minute) } : undefined;
}
