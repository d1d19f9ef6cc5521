// A conformance case as data: requests to a Graph service and what the public documentation says comes back.
// Nothing here knows the simulator's code; any server that claims to speak Graph could be put to these cases.

/** A value, or a pattern for it. Objects match when every key named here matches; arrays match item by item. */
export type Pattern =
  | null
  | boolean
  | number
  | string
  | RegExp
  | readonly Pattern[]
  | { readonly [key: string]: Pattern }
  | Matcher;

/** The patterns that plain values cannot say. */
export type Matcher =
  | { readonly $match: 'absent' | 'present' | 'guid' | 'instant' | 'string' | 'number' }
  /** The array holds an item for each of these, in any order, and perhaps more. */
  | { readonly $match: 'containing'; readonly items: readonly Pattern[] }
  /** The array holds no item like this. */
  | { readonly $match: 'lacking'; readonly item: Pattern }
  /** The array has this many items. */
  | { readonly $match: 'count'; readonly from: number; readonly to: number }
  /** The object has exactly these keys (order as given), values not compared. */
  | { readonly $match: 'keys'; readonly keys: readonly string[] };

export const absent: Matcher = { $match: 'absent' };
export const present: Matcher = { $match: 'present' };
export const guid: Matcher = { $match: 'guid' };
export const instant: Matcher = { $match: 'instant' };
export const anyString: Matcher = { $match: 'string' };
export const anyNumber: Matcher = { $match: 'number' };
export const containing = (...items: Pattern[]): Matcher => ({ $match: 'containing', items });
export const lacking = (item: Pattern): Matcher => ({ $match: 'lacking', item });
export const counting = (from: number, to = from): Matcher => ({ $match: 'count', from, to });
export const exactKeys = (...keys: string[]): Matcher => ({ $match: 'keys', keys });

export interface Step {
  /** Default GET. */
  readonly method?: string;
  /**
   * Relative to the version root (`/users`), to the origin when it starts with `//` (`//tenant/oauth2/v2.0/token`), or a
   * captured absolute link. `{name}` stands for a captured value, also in headers and bodies; `{root}` is the version root.
   */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, strings as they are. */
  readonly body?: unknown;
  /** Which credentials: `owner` has every permission (default), `none` sends no token, else a list of application permissions. */
  readonly as?: 'owner' | 'none' | readonly string[];
  readonly status?: number;
  /** Header names in any case; null means that the header must not be there. */
  readonly replyHeaders?: Readonly<Record<string, string | RegExp | null>>;
  readonly reply?: Pattern;
  /**
   * Values to keep: name → path into the JSON body such as `value.0.id` or `@odata.deltaLink` (a leading `header:` reads a
   * header); with an expression, its first group within the value at that path.
   */
  readonly capture?: Readonly<Record<string, string | readonly [path: string, part: RegExp]>>;
  /** Follow `@odata.nextLink` to the end first; `reply` then sees `value` of all pages joined and the last page's other keys, and `pages` (their count). */
  readonly followed?: boolean;
}

export interface Case {
  /** Section of the field's documentation that states the rule, e.g. `Delta query: deleted objects`. */
  readonly section: string;
  readonly rule: string;
  readonly steps: readonly Step[];
}
