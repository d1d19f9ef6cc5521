/** The choice of the theme. */
import { Monitor, Moon, Sun } from 'lucide-react';
import { Menu } from '../kit/menu.tsx';
import { t } from '../texts/texts.ts';
import { useTheme } from './theme.ts';

const icons = { system: Monitor, light: Sun, dark: Moon };

export function ThemeMenu() {
  const [theme, choose] = useTheme();
  const Icon = icons[theme];
  const themes = ['system', 'light', 'dark'] as const;
  return (
    <Menu
      trigger={
        <button type="button" className="btn btn-ghost btn-icon" aria-label={t('app.theme')}>
          <Icon aria-hidden size={16} />
        </button>
      }
      items={themes.map((key) => ({
        key,
        label: t(`app.theme.${key}`),
        icon: icons[key],
        onSelect: () => choose(key),
      }))}
    />
  );
}
