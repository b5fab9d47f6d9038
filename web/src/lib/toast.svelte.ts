/**
 * One short message at the foot of the page, with a way back where there is one; and
 * what is done only when the time for the way back is over.
 */

export interface Toast {
  text: string;
  undo?: () => void;
  /** How long it can still be undone; 0: as long as it is shown. */
  until?: number;
}

const SHOWN_MS = 8000;
let current = $state<Toast | null>(null);
let timer: ReturnType<typeof setTimeout>;
let held = false;
let undoMs = 5000;

export const toast = {
  get current() {
    return current;
  },
};

/** How long one may change one's mind; 0: not at all. */
export function useUndo(seconds: number): void {
  undoMs = seconds * 1000;
}
export const undoTime = () => undoMs;

export function say(text: string, undo?: () => void, shownMs = SHOWN_MS): void {
  clearTimeout(timer);
  current = { text, undo };
  timer = setTimeout(fade, Math.max(shownMs, undo ? shownMs : SHOWN_MS));
}

/** Stays while somebody is about to press it. */
export function hold(yes: boolean): void {
  held = yes;
  if (!yes && current) {
    clearTimeout(timer);
    timer = setTimeout(fade, SHOWN_MS / 2);
  }
}

function fade(): void {
  if (!held) current = null;
}

export function dismiss(): void {
  held = false;
  current = null;
}

export function undo(): void {
  const back = current?.undo;
  dismiss();
  back?.();
}

interface Waiting {
  run: () => void;
  timer: ReturnType<typeof setTimeout>;
}
const waiting = new Set<Waiting>();

/**
 * Shown as done at once, done when the time to undo is over: for what could not be
 * taken back without a trace. Leaving the page does it at once.
 */
export function later(text: string, run: () => void, back: () => void): void {
  if (undoMs === 0) {
    run();
    say(text);
    return;
  }
  const one: Waiting = {
    run: () => {
      clearTimeout(one.timer);
      if (waiting.delete(one)) run();
    },
    timer: setTimeout(() => one.run(), undoMs),
  };
  waiting.add(one);
  say(
    text,
    () => {
      clearTimeout(one.timer);
      if (waiting.delete(one)) back();
    },
    undoMs,
  );
}

/** What waits is done now. */
export function settle(): void {
  for (const one of [...waiting]) one.run();
}

globalThis.addEventListener?.('pagehide', settle);
