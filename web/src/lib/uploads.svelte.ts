/** The files of a reply: chosen, on their way, there. What is not there yet survives a reload. */

import { newKey, patch } from './api.ts';
import { forgetFiles, holding, keepFile, keptFile, keptFiles } from './kept-files.ts';
import { upload } from './upload.ts';
import type { FileRef, FileRule } from './types.ts';

/** What the server knows by its bytes. */
const PICTURES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
export const isPicture = (mime: string) => PICTURES.includes(mime);

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
  refused = $state<{ name: string; why: 'size' | 'number' | 'empty' | 'network' | 'kind' }[]>([]);
  /** A description did not arrive. */
  undescribed = $state.raw<unknown>(null);
  #describing = new Set<Promise<void>>();

  constructor(
    files: FileRef[],
    readonly owner: Owner,
    readonly onchange: () => void,
    readonly rule: () => FileRule,
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
      const why = carried ? this.#amiss(file) : 'network';
      if (why) this.refused.push({ name: file.name, why });
      else void this.#keep(this.#take(file, newKey()));
    }
  }

  #amiss(file: File) {
    const rule = this.rule();
    if (this.list.length >= rule.most) return 'number';
    if (file.size === 0) return 'empty';
    if (rule.pictures && !isPicture(file.type)) return 'kind';
    return file.size > rule.most_bytes ? 'size' : null;
  }

  /** Pictures that nobody has described yet, where the network passes that on. */
  get bare(): boolean {
    return this.rule().descriptions && this.list.some((one) => one.ref && isPicture(one.ref.mime) && !one.ref.description);
  }

  /** Typed to its end; until then it stands in the field alone. */
  describe(one: Upload): void {
    const ref = one.ref!;
    const description = (ref.description ?? '').trim();
    this.onchange();
    const said = this.#say(ref.id, description).finally(() => this.#describing.delete(said));
    this.#describing.add(said);
  }

  async #say(id: string, description: string): Promise<void> {
    try {
      await patch(`/attachments/${id}`, { description });
      this.undescribed = null;
    } catch (problem) {
      this.undescribed = problem;
    }
  }

  /** Whatever was said about them has arrived: what was sent cannot be described any more. */
  async described(): Promise<boolean> {
    await Promise.all(this.#describing);
    return this.undescribed === null;
  }

  /** Say again what did not arrive. */
  async describeAgain(): Promise<void> {
    for (const one of this.list) if (one.ref?.description) await this.#say(one.ref.id, one.ref.description);
  }

  /** Chosen before the page was loaded again. */
  async #comeBack(): Promise<void> {
    for (const key of await keptFiles(this.owner.account, this.owner.conversation)) {
      holding(key, async () => {
        const file = await keptFile(key);
        if (!file || this.list.length >= this.rule().most || this.list.some((one) => one.key === key)) return;
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
