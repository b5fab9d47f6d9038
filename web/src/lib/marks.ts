/** The word for a mark of a conversation: mostly that of the finding behind it. */

import { word } from './language.svelte.ts';

export function markWord(mark: string): string {
  if (['negative', 'neutral', 'positive'].includes(mark)) return word('sentiment', mark);
  return ['competitor', 'third', 'unsure'].includes(mark) ? word('mark', mark) : word('finding', mark);
}
