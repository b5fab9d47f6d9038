/** Where the words of a search stand in a text, so that they can be marked. Pure. */

export interface Piece {
  text: string;
  hit: boolean;
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const BEFORE = 60;
const SHOWN = 240;

/** As the server folds: case, accents, ß; "ä" is both "a" and "ae". */
function folds(word: string): string[] {
  const lower = word.toLowerCase().replaceAll('ß', 'ss');
  const plain = lower.normalize('NFD').replace(/\p{M}/gu, '');
  const spelled = lower.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').normalize('NFD').replace(/\p{M}/gu, '');
  return plain === spelled ? [plain] : [plain, spelled];
}

/** Another form of the same word: all but a short ending is the same. */
function isForm(word: string, wanted: string): boolean {
  if (word.startsWith(wanted)) return true;
  let same = 0;
  while (same < word.length && word[same] === wanted[same]) same++;
  return same >= 4 && word.length - same <= 3 && wanted.length - same <= 3;
}

/** A long text is cut to where its first hit is. */
export function pieces(text: string, query: string, cut = true): Piece[] {
  const wanted = [...query.matchAll(WORD)].flatMap(([word]) => folds(word));
  const hits = [...text.matchAll(WORD)].filter(([word]) =>
    folds(word).some((form) => wanted.some((one) => isForm(form, one))),
  );
  let start = 0;
  let end = text.length;
  if (cut && text.length > SHOWN) {
    start = Math.max(0, (hits[0]?.index ?? 0) - BEFORE);
    start = start === 0 ? 0 : text.indexOf(' ', start) + 1;
    end = Math.min(text.length, start + SHOWN);
  }
  const found: Piece[] = [];
  let at = start;
  const add = (to: number, hit: boolean) => {
    if (to > at) found.push({ text: text.slice(at, to), hit });
    at = Math.max(at, to);
  };
  for (const { index, 0: word } of hits) {
    if (index < start || index + word.length > end) continue;
    add(index, false);
    add(index + word.length, true);
  }
  add(end, false);
  if (start > 0) found.unshift({ text: '… ', hit: false });
  if (end < text.length) found.push({ text: ' …', hit: false });
  return found;
}
