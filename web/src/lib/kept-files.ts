/**
 * Files that were chosen and have not arrived at the server: this browser holds them, so
 * that a reload or a crash loses none. They go when the server has them, when they are
 * taken out, when the reply is sent, and all of an account's at log-out.
 */

/** Of all conversations and accounts together; more is uploaded, but survives no reload. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;
/** What nobody came back for. */
const MAX_AGE_MS = 14 * 86_400_000;

const STORE = 'files';

export interface KeptFile {
  key: string;
  account: string;
  /** The conversation. */
  place: string;
  file: File;
  at: number;
}

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open('draht', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

/** Done once it is on the disk of this machine. */
async function change(work: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await open()).transaction(STORE, 'readwrite');
  work(transaction.objectStore(STORE));
  await new Promise<void>((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onabort = () => failed(transaction.error);
  });
}

async function all(): Promise<KeptFile[]> {
  const store = (await open()).transaction(STORE).objectStore(STORE);
  return new Promise((done, failed) => {
    const request = store.getAll() as IDBRequest<KeptFile[]>;
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** Keeps one; false when there is no room for it, or this browser keeps nothing. */
export async function keepFile(one: KeptFile): Promise<boolean> {
  try {
    const held = (await all()).reduce((sum, { file }) => sum + file.size, 0);
    if (held + one.file.size > MAX_KEPT_BYTES) return false;
    await change((store) => store.put(one));
    return true;
  } catch {
    return false;
  }
}

export async function forgetFiles(keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  try {
    await change((store) => keys.forEach((key) => store.delete(key)));
  } catch {
    /* nothing was kept */
  }
}

/** The keys of what is kept for a conversation, in the order of choosing. What is too old goes. */
export async function keptFiles(account: string, place: string): Promise<string[]> {
  try {
    const held = await all();
    await forgetFiles(held.filter(({ at }) => at < Date.now() - MAX_AGE_MS).map(({ key }) => key));
    return held
      .filter((one) => one.account === account && one.place === place && one.at >= Date.now() - MAX_AGE_MS)
      .sort((a, b) => a.at - b.at)
      .map(({ key }) => key);
  } catch {
    return [];
  }
}

/** One of them, unless it is gone meanwhile. */
export async function keptFile(key: string): Promise<File | null> {
  try {
    return (await all()).find((one) => one.key === key)?.file ?? null;
  } catch {
    return null;
  }
}

/** At log-out: this browser may be used by others. */
export async function forgetAllFiles(account: string): Promise<void> {
  try {
    await forgetFiles((await all()).filter((one) => one.account === account).map(({ key }) => key));
  } catch {
    /* nothing was kept */
  }
}

/**
 * Two tabs may show one conversation: only one of them brings a file to the server. `work`
 * runs when this tab is the one, and holds the file until its promise is kept.
 */
export function holding(key: string, work: () => Promise<void>): void {
  if (navigator.locks) void navigator.locks.request(`draht.file.${key}`, work).catch(() => {});
  else void work();
}
