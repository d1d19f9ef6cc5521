/**
 * The address as the state of a page: what is after the question mark, read as words of the page's own choice. Whatever is not
 * valid there counts as left out, and what has its usual value is left out of the address.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

/** How one word of the address is read and written. */
export type SearchField<Value> = Readonly<{
  usual: Value;
  read(text: string): Value | undefined;
  write(value: Value): string;
}>;

/** Any text of a sensible length. */
export function text(usual = ''): SearchField<string> {
  return { usual, read: (given) => given.slice(0, 500), write: (value) => value };
}

/** One of a few words. */
export function choice<const Value extends string>(
  values: readonly Value[],
  usual: NoInfer<Value>,
): SearchField<Value> {
  return { usual, read: (given) => values.find((value) => value === given), write: (value) => value };
}

/** A whole number that is not negative. */
export function whole(usual: number): SearchField<number> {
  return { usual, read: (given) => (/^\d{1,9}$/.test(given) ? Number(given) : undefined), write: String };
}

/** Yes or no. */
export function flag(usual = false): SearchField<boolean> {
  return { usual, read: (given) => given === 'true', write: String };
}

export type SearchFields = Readonly<Record<string, SearchField<unknown>>>;
export type SearchValues<Fields extends SearchFields> = {
  readonly [Name in keyof Fields]: Fields[Name]['usual'];
};

type Change<Fields extends SearchFields> = (
  change: Partial<SearchValues<Fields>>,
  options?: Readonly<{ isReplacing?: boolean }>,
) => void;

/**
 * What the address says, and how to change it. A change is a new step in the browser's history, unless it replaces the last one
 * (as typing does). Define the fields outside the component.
 */
export function useSearchState<const Fields extends SearchFields>(
  fields: Fields,
): readonly [SearchValues<Fields>, Change<Fields>] {
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const values = useMemo(() => {
    const read = Object.entries(fields).map(([name, field]) => {
      const given = search[name];
      return [name, (given === undefined ? undefined : field.read(given)) ?? field.usual];
    });
    return Object.fromEntries(read) as SearchValues<Fields>;
  }, [fields, search]);
  const change = useCallback<Change<Fields>>(
    (wanted, { isReplacing = false } = {}) => {
      void navigate({
        to: '.',
        replace: isReplacing,
        resetScroll: false,
        search: (old: Readonly<Record<string, string | undefined>>) => {
          const next: Record<string, string | undefined> = { ...old };
          for (const [name, value] of Object.entries(wanted)) {
            const field = fields[name];
            if (!field) continue;
            next[name] = value === undefined || value === field.usual ? undefined : field.write(value);
          }
          return next;
        },
      });
    },
    [fields, navigate],
  );
  return [values, change];
}
