/** "My number is 17": the conversation behind a case number that a customer names. */

import { get, Problem } from './api.ts';
import type { Conversation } from './types.ts';

/** A number as people type it: "#123", "123", "Nr. 123", "case 123"; null when it is something else. */
export function caseNumber(words: string): string | null {
  const digits = /^(?:#|nr\.?\s*#?|no\.?\s*#?|fall\s*#?|case\s*#?|fallnummer:?\s*#?|case number:?\s*#?)?\s*(\d{1,15})$/i.exec(words.trim())?.[1];
  return digits && Number(digits) > 0 ? String(Number(digits)) : null;
}

/** Its conversation; null when there is none of that number, or the words name no number. */
export async function findCase(words: string, signal?: AbortSignal): Promise<Conversation | null> {
  const number = caseNumber(words);
  if (number === null) return null;
  try {
    const { conversation_id } = await get<{ conversation_id: string }>(`/cases/${number}`, signal);
    return await get<Conversation>(`/conversations/${conversation_id}`, signal);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}
