/** One change to many: a few at a time, each on its own, what failed is told. */

const AT_ONCE = 4;

export interface Outcome {
  done: string[];
  failed: string[];
}

export async function forEach(ids: string[], work: (id: string) => Promise<unknown>): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [] };
  const waiting = [...ids];
  async function lane(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await work(id);
        outcome.done.push(id);
      } catch {
        outcome.failed.push(id);
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcome;
}
