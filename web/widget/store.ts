/**
 * What the browser keeps of a visitor: a random key, what has not left yet, and a draft.
 *
 * Nothing is kept before somebody writes, and never a cookie. It lies in the storage of
 * the frame (the page's scripts cannot read it); where the browser gives a frame none,
 * in that of the page, and where there is none at all, in memory.
 */

export interface Pending {
  client_id: string;
  body: string;
  files: { name: string; mime: string; base64: string }[];
  at: number;
  /** The status with which the server refused it; 0: not asked yet, or not reached. */
  failed: number;
}

interface Kept {
  key: string;
  queue: Pending[];
  draft: string;
}

const NOTHING: Kept = { key: '', queue: [], draft: '' };

export class Store {
  #name: string;
  #memory = '';
  #page: ((text: string) => void) | null;
  /** The last write was too large for the browser: it lives as long as the page. */
  onlyHere = false;

  /** `keepInPage` writes to the page's storage, `kept` is what lay there. */
  constructor(channel: string, userId: string, kept: string, keepInPage: (text: string) => void) {
    this.#name = `draht-webchat:${channel}${userId ? `:${userId}` : ''}`;
    this.#page = null;
    try {
      localStorage.getItem(this.#name);
    } catch {
      this.#page = keepInPage;
      this.#memory = userId ? '' : kept;
    }
  }

  #read(): Kept {
    let text = this.#memory;
    if (!this.#page && !this.onlyHere) text = localStorage.getItem(this.#name) ?? '';
    try {
      return { ...NOTHING, ...(JSON.parse(text || '{}') as Partial<Kept>) };
    } catch {
      return { ...NOTHING };
    }
  }

  #write(kept: Kept): void {
    const text = JSON.stringify(kept);
    this.#memory = text;
    if (this.#page) {
      this.#page(text);
      return;
    }
    try {
      localStorage.setItem(this.#name, text);
      this.onlyHere = false;
    } catch {
      this.onlyHere = true;
    }
  }

  /** Another tab of the same site changed it. */
  onchange(changed: () => void): void {
    addEventListener('storage', (event) => {
      if (event.key === this.#name) changed();
    });
  }

  get key(): string {
    return this.#read().key;
  }

  /** The key, made now if there is none: somebody writes. */
  needKey(): string {
    const kept = this.#read();
    if (!kept.key) {
      kept.key = random(32);
      this.#write(kept);
    }
    return kept.key;
  }

  get queue(): Pending[] {
    return this.#read().queue;
  }

  setQueue(change: (queue: Pending[]) => Pending[]): void {
    const kept = this.#read();
    this.#write({ ...kept, queue: change(kept.queue) });
  }

  get draft(): string {
    return this.#read().draft;
  }

  set draft(text: string) {
    const kept = this.#read();
    if (kept.draft !== text) this.#write({ ...kept, draft: text });
  }
}

/** So many random bytes in letters, digits, "-" and "_". */
export function random(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...values)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}
