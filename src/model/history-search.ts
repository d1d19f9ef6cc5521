/** What a person types into the search box of the synchronization history, taken apart: words, and a date or a time as tables show them. */

export type HistoryTerms = Readonly<{
  /** In small letters; each is to be found in the type, the status or the message. */
  words: readonly string[];
  /** Parts that are not given match any. */
  date: Readonly<{ year?: number; month: number; day?: number }> | undefined;
  /** A span of the day, in seconds from its beginning. */
  time: Readonly<{ fromSeconds: number; untilSeconds: number }> | undefined;
}>;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthForm =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const edge = '(?<![\\w:-])';
const end = '(?![\\w:-])';

const dateForms: readonly RegExp[] = [
  /** 2026-11-20, 2026-11. */
  new RegExp(`${edge}(?<year>\\d{4})-(?<month>\\d{2})(?:-(?<day>\\d{2}))?(?=$|[\\s,])`, 'i'),
  /** 20 Nov 2026, 20 November. */
  new RegExp(`${edge}(?<day>\\d{1,2})\\.? +(?<name>${monthForm})(?:,? +(?<year>\\d{4}))?${end}`, 'i'),
  /** Nov 20, 2026; Nov 20. */
  new RegExp(`${edge}(?<name>${monthForm}) +(?<day>\\d{1,2})(?:, *(?<year>\\d{4}))?${end}`, 'i'),
  /** Nov 2026. */
  new RegExp(`${edge}(?<name>${monthForm}) +(?<year>\\d{4})${end}`, 'i'),
];

/** 21:45, 21:45:00, what follows the seconds in exports is passed over. */
const timeForm =
  /(?<=^|[\s,])(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d)(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})?(?=$|[\s,])/i;

/** Takes a search apart. What looks like no date and no time is words. */
export function readHistorySearch(text: string): HistoryTerms {
  let rest = text.trim().replace(/(\d{4}-\d{2}-\d{2})t(?=\d{2}:)/gi, '$1 ');
  const take = <T>(form: RegExp, read: (groups: Groups) => T | undefined): T | undefined => {
    const found = form.exec(rest);
    const value = read(found?.groups ?? {});
    if (!found || value === undefined) return undefined;
    rest = `${rest.slice(0, found.index)} ${rest.slice(found.index + found[0].length)}`;
    return value;
  };
  let date: HistoryTerms['date'];
  for (const form of dateForms) date ??= take(form, readDate);
  const time = take(timeForm, readTime);
  return {
    words: rest
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((word) => word !== ''),
    date,
    time,
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Undefined for a day that no calendar has. */
function readDate({ year, day, name, month: digits }: Groups): HistoryTerms['date'] {
  const month = name === undefined ? Number(digits) : months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  // Without a year, any that has the day.
  const wanted = new Date(Date.UTC(Number(year ?? 2024), month - 1, Number(day ?? 1)));
  if (wanted.getUTCMonth() !== month - 1 || wanted.getUTCDate() !== Number(day ?? 1)) return undefined;
  return {
    ...(year === undefined ? {} : { year: Number(year) }),
    month,
    ...(day === undefined ? {} : { day: Number(day) }),
  };
}

function readTime({ hour, minute, second }: Groups): HistoryTerms['time'] {
  if (hour === undefined) return undefined;
  const fromSeconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0);
  return { fromSeconds, untilSeconds: fromSeconds + (second === undefined ? 60 : 1) };
}
