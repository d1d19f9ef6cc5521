// What a schedule that cannot be read is answered with: thrown inside this folder, returned as a sentence by readSchedule.

/** `message` is one sentence that names the field, the value and the remedy. */
export class ScheduleRefusal extends Error {
  override readonly name = 'ScheduleRefusal';
  /** The name of the field, or `time zone`, that is wrong; undefined where it is the whole. */
  readonly part: string | undefined;

  constructor(message: string, part?: string) {
    super(message);
    this.part = part;
  }
}

/** Does what reads a part, so that what it throws says which one. */
export function inPart<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ScheduleRefusal ? new ScheduleRefusal(error.message, part) : error;
  }
}

const longestQuoted = 40;

/** A value as it stands in a sentence: in double quotes, without control characters, cut when it is long. */
export function quote(value: string): string {
  return JSON.stringify(value.length > longestQuoted ? `${value.slice(0, longestQuoted)}…` : value);
}
