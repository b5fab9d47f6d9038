/** The files of a reply: chosen, on their way, there. What is not there yet survives a reload. */

import { newKey } from './api.ts';
import { forgetFiles, holding, keepFile, keptFile, keptFiles } from './kept-files.ts';
import { MAX_FILE_BYTES, MAX_FILES, upload } from './upload.ts';
import type { FileRef } from './types.ts';

export interface Upload {
  /** Under which this browser keeps it; '' for what the server had before. */
  key: string;
  name: string;
  size: number;
  share: number;
  ref: FileRef | null;
  failure: unknown;
  file: File | null;
  /** Would survive a reload. */
  kept: boolean;
  stop: AbortController;
  /** It needs no holding any more. */
  over: () => void;
}

/** For whom files are kept. */
export interface Owner {
  account: string;
  conversation: string;
}

export class Uploads {
  list = $state<Upload[]>([]);
  /** Names of files that were refused before they were sent, and why. */
  refused = $state<{ name: string; why: 'size' | 'number' | 'empty' | 'network' }[]>([]);

  constructor(
    files: FileRef[],
    readonly owner: Owner,
    readonly onchange: () => void,
  ) {
    this.use(files);
    void this.#comeBack();
  }

  /** These and no others, as the server has them. */
  use(files: FileRef[]): void {
    this.list.forEach((one) => this.#leave(one));
    this.refused = [];
    this.list = files.map((ref) => ({
      ...{ key: '', name: ref.name, size: ref.size, share: 1, ref, failure: null, file: null, kept: true },
      stop: new AbortController(),
      over: () => {},
    }));
  }

  get done(): FileRef[] {
    return this.list.flatMap((one) => (one.ref ? [$state.snapshot(one.ref)] : []));
  }

  get busy(): boolean {
    return this.list.some((one) => !one.ref && !one.failure);
  }

  /** Something did not arrive: a reply without it would surprise whoever chose it. */
  get failed(): boolean {
    return this.list.some((one) => !one.ref && one.failure);
  }

  /** What was chosen and has not arrived. */
  get waiting(): File[] {
    return this.list.flatMap((one) => (!one.ref && one.file ? [one.file] : []));
  }

  /** `carried`: whether the network takes files at all. */
  add(files: Iterable<File>, carried = true): void {
    this.refused = [];
    for (const file of files) {
      const why = !carried ? 'network' : this.list.length >= MAX_FILES ? 'number' : file.size > MAX_FILE_BYTES ? 'size' : file.size === 0 ? 'empty' : null;
      if (why) this.refused.push({ name: file.name, why });
      else void this.#keep(this.#take(file, newKey()));
    }
  }

  /** Chosen before the page was loaded again. */
  async #comeBack(): Promise<void> {
    for (const key of await keptFiles(this.owner.account, this.owner.conversation)) {
      holding(key, async () => {
        const file = await keptFile(key);
        if (!file || this.list.length >= MAX_FILES || this.list.some((one) => one.key === key)) return;
        await new Promise<void>((over) => (this.#take(file, key).over = over));
      });
    }
  }

  #take(file: File, key: string): Upload {
    this.list.push({
      ...{ key, name: file.name, size: file.size, share: 0, ref: null, failure: null, file, kept: true },
      stop: new AbortController(),
      over: () => {},
    });
    const one = this.list.at(-1)!;
    void this.#send(one);
    return one;
  }

  async #keep(one: Upload): Promise<void> {
    const held = new Promise<void>((over) => (one.over = over));
    holding(one.key, () => held);
    const { account, conversation } = this.owner;
    one.kept = await keepFile({ key: one.key, account, place: conversation, file: one.file!, at: Date.now() });
    // Arrived or taken out in the meantime.
    if (one.ref || !this.list.includes(one)) this.#leave(one);
  }

  #leave(one: Upload): void {
    if (!one.ref) one.stop.abort();
    if (one.key) void forgetFiles([one.key]);
    one.over();
  }

  async #send(one: Upload): Promise<void> {
    one.failure = null;
    try {
      one.ref = await upload(one.file!, (share) => (one.share = share), one.stop.signal);
      one.share = 1;
      this.onchange();
      this.#leave(one);
    } catch (problem) {
      one.failure = problem;
    }
  }

  again(one: Upload): void {
    void this.#send(one);
  }

  /** The network is back. */
  retry(): void {
    for (const one of this.list) if (!one.ref && one.failure) this.again(one);
  }

  remove(one: Upload): void {
    this.#leave(one);
    this.list = this.list.filter((other) => other !== one);
    this.onchange();
  }
}
