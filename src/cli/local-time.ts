// Instants as people at the command line read them: by the clock of their machine.

/** Such as 2026-02-03 14:05:09. */
export function timeText(at: Date): string {
  const [year, month, day] = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits);
  return `${year}-${month}-${day} ${clockText(at)}`;
}

/** The time alone of an instant of today, with its date otherwise. */
export function shortTimeText(at: Date, now: Date): string {
  return at.toDateString() === now.toDateString() ? clockText(at) : timeText(at);
}

/** What the clock of this machine goes by, such as Europe/Paris. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function clockText(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
