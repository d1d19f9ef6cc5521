/** Keeps the page in the theme of the system where the person likes it so. */
import {
  changePreferences,
  readPreferences,
  showTheme,
  type Theme,
  usePreferences,
} from '../data/preferences.ts';

/** Follows the system while the preference says so. */
export function followSystemTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    showTheme(readPreferences().theme),
  );
}

/** The theme that the person chose, and how to choose another. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const { theme } = usePreferences();
  return [theme, (next) => void changePreferences({ theme: next }).catch(() => {})];
}
