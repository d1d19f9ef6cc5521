/** How the signed-in person likes the console: kept on the server, and in this browser for what is painted before the server is asked. */
import { useSyncExternalStore } from 'react';
import type { Preferences as Kept } from '../../../src/http/schemas/sign-in.ts';
import { api } from './api.ts';

export type Theme = 'system' | 'light' | 'dark';
export type TimeDisplay = 'local' | 'utc' | 'relative';
export type Density = 'comfortable' | 'compact';

export type Preferences = Readonly<{
  theme: Theme;
  timeDisplay: TimeDisplay;
  density: Density;
  /** Whether keys that stand alone are shortcuts (WCAG 2.1.4). */
  hasSingleKeys: boolean;
  /** By table, the keys of the columns that are shown; a table that is not here shows its own choice. */
  columns: Readonly<Record<string, readonly string[]>>;
}>;

const usual: Preferences = {
  theme: 'system',
  timeDisplay: 'local',
  density: 'comfortable',
  hasSingleKeys: true,
  columns: {},
};

const storageKey = 'syncline-appearance';
const sending = { count: 0 };

let current: Preferences | undefined;
const listeners = new Set<() => void>();

/** What the person likes; what this browser remembers until the server has told. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(listen, readPreferences);
}

/** What the person likes, outside of components. */
export function readPreferences(): Preferences {
  current ??= remembered();
  return current;
}

/** Takes what the server keeps, unless a change is on its way there. */
export function takePreferences(kept: Kept): void {
  if (sending.count > 0) return;
  const { hasSingleKeys = true, columns = {} } = kept as Partial<Preferences>;
  const { theme = 'system', timeDisplay = 'local', density = 'comfortable' } = kept;
  keep({ theme, timeDisplay, density, hasSingleKeys, columns });
}

/** Changes some of it: at once here, then on the server. */
export async function changePreferences(change: Partial<Preferences>): Promise<void> {
  const preferences = { ...readPreferences(), ...change };
  keep(preferences);
  sending.count += 1;
  try {
    await api.put('/api/session/preferences', preferences);
  } finally {
    sending.count -= 1;
  }
}

/** Puts the theme on the page. */
export function showTheme(theme: Theme): void {
  const isDark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

function keep(preferences: Preferences): void {
  // The same as before causes no drawing.
  if (JSON.stringify(preferences) !== JSON.stringify(current)) current = preferences;
  for (const listener of listeners) listener();
  const { theme, density } = preferences;
  try {
    localStorage.setItem(storageKey, JSON.stringify({ theme, density }));
  } catch {
    // A browser that keeps nothing asks the server each time.
  }
  showTheme(theme);
  document.documentElement.dataset.density = density;
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function remembered(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Preferences>;
    return { ...usual, ...kept };
  } catch {
    return usual;
  }
}
