/** The files of a reply: chosen, on their way, there. */

import { MAX_FILE_BYTES, MAX_FILES, upload } from './upload.ts';
import type { FileRef } from './types.ts';

export interface Upload {
  name: string;
  size: number;
  share: number;
  ref: FileRef | null;
  failure: unknown;
  file: File | null;
  stop: AbortController;
}

export class Uploads {
  list = $state<Upload[]>([]);
  /** Names of files that were refused before they were sent, and why. */
  refused = $state<{ name: string; why: 'size' | 'number' | 'empty' | 'network' }[]>([]);

  constructor(
    files: FileRef[],
    readonly onchange: () => void,
  ) {
    this.use(files);
  }

  use(files: FileRef[]): void {
    this.list.forEach((one) => one.ref || one.stop.abort());
    this.refused = [];
    this.list = files.map((ref) => ({
      name: ref.name,
      size: ref.size,
      share: 1,
      ref,
      failure: null,
      file: null,
      stop: new AbortController(),
    }));
  }

  get done(): FileRef[] {
    return this.list.flatMap((one) => (one.ref ? [$state.snapshot(one.ref)] : []));
  }

  get busy(): boolean {
    return this.list.some((one) => !one.ref && !one.failure);
  }

  /** `carried`: whether the network takes files at all. */
  add(files: Iterable<File>, carried = true): void {
    this.refused = [];
    for (const file of files) {
      const why = !carried ? 'network' : this.list.length >= MAX_FILES ? 'number' : file.size > MAX_FILE_BYTES ? 'size' : file.size === 0 ? 'empty' : null;
      if (why) this.refused.push({ name: file.name, why });
      else {
        this.list.push({ name: file.name, size: file.size, share: 0, ref: null, failure: null, file, stop: new AbortController() });
        void this.#send(this.list.at(-1)!);
      }
    }
  }

  async #send(one: Upload): Promise<void> {
    one.failure = null;
    try {
      one.ref = await upload(one.file!, (share) => (one.share = share), one.stop.signal);
      one.share = 1;
      this.onchange();
    } catch (problem) {
      one.failure = problem;
    }
  }

  again(one: Upload): void {
    void this.#send(one);
  }

  remove(one: Upload): void {
    one.stop.abort();
    this.list = this.list.filter((other) => other !== one);
    this.onchange();
  }
}
