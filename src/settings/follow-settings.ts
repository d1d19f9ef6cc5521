// How a connection is followed: how often it is asked for changes, and where Microsoft Graph may tell of them.
import { z } from 'zod';
import type { Environment } from '../config.ts';
import { checkAddress } from '../connectors/entra/addresses.ts';
import { section, show, text, wholeNumber } from './section.ts';

export type Follow = Readonly<{
  /** The shortest pause between two runs, while much changes. */
  floorSeconds: number;
  /** The longest one, while nothing does; not less than the shortest. */
  ceilingSeconds: number;
  /** The address of this server as Graph reaches it, without a slash at its end; left out where it does not. */
  notificationUrl?: string;
}>;

export const defaultFollow: Follow = { floorSeconds: 15, ceilingSeconds: 900 };

/** Somebody who wants to ask less than once a day has a schedule for it. */
const longestSeconds = 86_400;

const notificationAddress = text('write it as https://host, or leave it out').transform((value, context) => {
  const address = value.trim();
  const url = URL.parse(address);
  const reason =
    checkAddress(address) ?? (url?.search ? 'has a ? in it, leave out everything from there on' : undefined);
  if (reason === undefined) return address.endsWith('/') ? address.slice(0, -1) : address;
  context.addIssue({ code: 'custom', message: `is ${show(value)}, which ${reason}` });
  return z.NEVER;
});

/** The section `Follow`. Where only one of the two pauses is said, the usual other one gives way. */
export function followSection(environment: Environment) {
  const seconds = wholeNumber(1, longestSeconds).optional();
  const shape = {
    FloorSeconds: seconds,
    CeilingSeconds: seconds,
    NotificationUrl: notificationAddress.optional(),
  };
  return section(shape, environment).transform(
    ({ FloorSeconds, CeilingSeconds, NotificationUrl }, context): Follow => {
      const ceilingSeconds = CeilingSeconds ?? Math.max(defaultFollow.ceilingSeconds, FloorSeconds ?? 0);
      const floorSeconds = FloorSeconds ?? Math.min(defaultFollow.floorSeconds, ceilingSeconds);
      if (floorSeconds > ceilingSeconds) {
        const message = `is ${floorSeconds}, which is more than the CeilingSeconds of ${ceilingSeconds}: make it smaller, or CeilingSeconds larger`;
        context.addIssue({ code: 'custom', path: ['FloorSeconds'], message });
        return z.NEVER;
      }
      const notificationUrl = NotificationUrl === undefined ? {} : { notificationUrl: NotificationUrl };
      return { floorSeconds, ceilingSeconds, ...notificationUrl };
    },
  );
}
