/** The weekly hours of a department, as one line of text for each day. Pure. */

import type { Slot } from './types.ts';

/** "09:00-12:00, 13:00-18:00" for one weekday. */
export function dayText(slots: Slot[], weekday: number): string {
  return slots
    .filter((slot) => slot.weekday === weekday)
    .map((slot) => `${slot.from}-${slot.until}`)
    .join(', ');
}

const SLOT = /^(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?$/;

/** The slots of one weekday, or null when the text cannot be read. */
export function parseDay(text: string, weekday: number): Slot[] | null {
  const slots: Slot[] = [];
  for (const part of text.split(/[,;]/).map((piece) => piece.trim()).filter(Boolean)) {
    const found = SLOT.exec(part);
    const from = found && clock(found[1], found[2]);
    const until = found && clock(found[3], found[4]);
    if (!from || !until) return null;
    slots.push({ weekday, from, until });
  }
  return slots;
}

function clock(hour: string, minute = '00'): string | null {
  const h = Number(hour);
  const m = Number(minute);
  if (h > 24 || m > 59 || (h === 24 && m > 0)) return null;
  return `${hour.padStart(2, '0')}:${minute}`;
}

/** "25.12.2026" where people write so, else "2026-12-25". */
export function holidayText(day: string, language: string): string {
  const [year, month, date] = day.split('-');
  return language === 'de' ? `${date}.${month}.${year}` : day;
}

/**
 * The days of a text, one a line or after blanks and commas, each "25.12.2026" or "2026-12-25";
 * and the first that is none.
 */
export function parseHolidays(text: string): { days: string[]; wrong: string } {
  const days: string[] = [];
  for (const piece of text.split(/[\s,;]+/).filter(Boolean)) {
    const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(piece);
    const day = german ? `${german[3]}-${german[2].padStart(2, '0')}-${german[1].padStart(2, '0')}` : piece;
    if (!isDay(day)) return { days, wrong: piece };
    days.push(day);
  }
  return { days: [...new Set(days)].sort(), wrong: '' };
}

/** A day of the calendar: no 30th of February. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
