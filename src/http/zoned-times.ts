/** Times for people who are somewhere: the zone that a request names, and instants with the offset that it has then. */
import { z } from '@hono/zod-openapi';
import { readTimeZone, wallMsAt } from '../schedule/time-zone.ts';
import { Refusal } from './problem.ts';

/** The query parameter `timeZone`. */
export const timeZoneShape = z.string().max(100).default('UTC').openapi({
  description: 'The IANA name of the zone in which days and times are meant.',
  example: 'Europe/Paris',
});

/** A zone by its usual name. Throws a `Refusal` for one that is none. */
export function requireTimeZone(name: string): string {
  try {
    return readTimeZone(name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('request-invalid', why, { field: 'query.timeZone' });
  }
}

/** An instant to the second as ISO 8601 with its offset: `2026-11-20T21:45:00+01:00`. */
export function isoInZone(date: Date, timeZone: string): string {
  const ms = Math.floor(date.getTime() / 1000) * 1000;
  const wallMs = wallMsAt(timeZone, ms);
  const minutes = Math.round((wallMs - ms) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${new Date(wallMs).toISOString().slice(0, 19)}${offset}`;
}
