/**
 * What the console says. Each area keeps its texts in a file beside this one, as ICU messages under keys; nothing visible stands
 * anywhere else, so that another language is another set of these files.
 */
import { i18n } from '@lingui/core';
import { sharedTexts } from './everywhere.ts';

export type TextValues = Readonly<Record<string, string | number | null | undefined>>;
type Texts = Readonly<Record<string, string>>;

/** The locale of the texts, also for numbers and dates: 20 Nov 2026, 21:45:00. */
export const locale = 'en-GB';

/** Whether every text is to be shown altered, which shows what is not among the texts. */
const isPseudo = new URLSearchParams(location.search).get('locale') === 'pseudo';

i18n.loadAndActivate({ locale, messages: {} });
load(sharedTexts);

/** Takes the texts of an area, and gives the function that says them and those that all areas share. */
export function defineTexts<Own extends Texts>(own: Own) {
  load(own);
  return say as (key: (keyof Own & string) | keyof typeof sharedTexts, values?: TextValues) => string;
}

function say(key: string, values: TextValues = {}): string {
  const text = i18n._(key, values);
  return isPseudo
    ? text.replaceAll(/<[^>]*>|[aeiou]/g, (found) => (found.startsWith('<') ? found : `${found}\u0301`))
    : text;
}

/** What all areas share. */
export const t: (key: keyof typeof sharedTexts, values?: TextValues) => string = say;

function load(texts: Texts): void {
  // The build has put compiled messages in their places (console/compile-texts.ts).
  i18n.load(locale, texts);
}
