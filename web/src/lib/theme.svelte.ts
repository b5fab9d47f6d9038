/** Light, dark, or as the system says. */

import { remember, remembered } from './memory.ts';

export type Theme = 'auto' | 'light' | 'dark';

const saved = remembered('theme');
let current = $state<Theme>(saved === 'light' || saved === 'dark' ? saved : 'auto');

export const theme = {
  get current() {
    return current;
  },
  set current(value: Theme) {
    current = value;
    remember('theme', value === 'auto' ? null : value);
    show();
  },
};

export function show(): void {
  if (current === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current;
}
