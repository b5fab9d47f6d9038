/** One short message at the foot of the page, with a way back where there is one. */

export interface Toast {
  text: string;
  undo?: () => void;
}

const SHOWN_MS = 8000;
let current = $state<Toast | null>(null);
let timer: ReturnType<typeof setTimeout>;

export const toast = {
  get current() {
    return current;
  },
};

export function say(text: string, undo?: () => void): void {
  clearTimeout(timer);
  current = { text, undo };
  timer = setTimeout(dismiss, SHOWN_MS);
}

export function dismiss(): void {
  current = null;
}
