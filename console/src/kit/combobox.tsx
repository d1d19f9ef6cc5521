/** A choice of one among many, found by typing; loaded when one is first shown (10 kB). */
import type { ComboboxProps } from './combobox-box.tsx';
import { lazyPart } from './lazy-part.tsx';

export const Combobox = lazyPart<ComboboxProps>(() =>
  import('./combobox-box.tsx').then(({ ComboboxBox }) => ComboboxBox),
);
