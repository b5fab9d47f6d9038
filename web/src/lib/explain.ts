/** A failure in words: what happened, and what to do. */

import type { Key } from '../i18n/de.ts';
import { Problem, type FieldError } from './api.ts';
import { t, word } from './language.svelte.ts';

const KNOWN: Record<number, [Key, Key]> = {
  0: ['problem.0.what', 'problem.0.todo'],
  400: ['problem.400.what', 'problem.400.todo'],
  401: ['problem.401.what', 'problem.401.todo'],
  403: ['problem.403.what', 'problem.403.todo'],
  404: ['problem.404.what', 'problem.404.todo'],
  409: ['problem.409.what', 'problem.409.todo'],
  412: ['problem.412.what', 'problem.412.todo'],
  413: ['problem.413.what', 'problem.413.todo'],
  422: ['problem.422.what', 'problem.422.todo'],
  429: ['problem.429.what', 'problem.429.todo'],
  503: ['problem.503.what', 'problem.503.todo'],
};

/** Where the exact text says what to do, too. */
const CLEAR = new Set([403, 409]);

export function explain(failure: unknown): { what: string; todo: string } {
  const status = failure instanceof Problem ? failure.status : -1;
  const [what, todo] = KNOWN[status] ?? ['problem.other.what', 'problem.other.todo'];
  const seconds = failure instanceof Problem ? failure.retryAfter : 0;
  // The code says it more exactly than the status; a code without a text says nothing.
  const exact = failure instanceof Problem && failure.code ? word('code', failure.code) : '';
  const known = exact !== '' && exact !== (failure as Problem).code;
  return { what: known ? exact : t(what), todo: known && CLEAR.has(status) ? '' : t(todo, { n: seconds || 30 }) };
}

/** What is wrong with a field, as far as there are words for it. */
export function explainField(error: FieldError): string {
  const { code = '', min = 0, max = 0 } = error;
  const text = word('field_code', code, { min, max });
  return text === code ? '' : text;
}
