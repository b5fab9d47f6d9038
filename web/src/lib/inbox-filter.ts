/** What the inbox shows, as its address says it: view, filters, order, words. Pure. */

export const VIEWS = [
  'today',
  'mine',
  'unassigned',
  'unanswered',
  'overdue',
  'waiting',
  'snoozed',
  'solved',
  'all',
  'third_parties',
] as const;

export const FILTERS = [
  'state',
  'channel_id',
  'department_id',
  'assignee_id',
  'intent',
  'mark',
  'topic',
  'tag',
  'alike_id',
] as const;
export type FilterName = (typeof FILTERS)[number];

export const SORTS = ['newest', 'due', 'waiting', 'wake'] as const;

export interface InboxFilter extends Partial<Record<FilterName, string>> {
  view: string;
  sort?: string;
  q?: string;
  /** A day to begin at: 2026-05-01. */
  from?: string;
}

const PARAMETERS = [...FILTERS, 'sort', 'q', 'from'] as const;

export function readFilter(view: string, search: URLSearchParams): InboxFilter {
  const filter: InboxFilter = { view };
  for (const name of PARAMETERS) {
    const value = search.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

function parameters(filter: InboxFilter): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of PARAMETERS) if (filter[name]) params.set(name, filter[name]);
  return params;
}

export function inboxAddress(filter: InboxFilter): string {
  const text = parameters(filter).toString();
  return `/inbox/${filter.view}${text && `?${text}`}`;
}

/** As it is kept under a name: without the day, which would soon be long ago. */
export function keptQuery(filter: InboxFilter): string {
  const params = parameters({ ...filter, from: undefined });
  params.set('view', filter.view);
  return params.toString();
}

export function keptAddress(query: string): string {
  const params = new URLSearchParams(query);
  return inboxAddress(readFilter(params.get('view') ?? 'all', params));
}

/** The order that a view has when none was chosen. */
export function usualSort(view: string): string {
  return { unanswered: 'waiting', overdue: 'due', snoozed: 'wake' }[view] ?? 'newest';
}

export const activeFilters = (filter: InboxFilter): FilterName[] =>
  FILTERS.filter((name) => filter[name]);

/** The ticks of a time between two instants: months, or years when it is long. */
export interface Tick {
  day: string; // its last day: a list from there begins with it
  year: number;
  month: number | null; // 0..11
}

const MOST_MONTHS = 24;

export function ticks(newest: number, oldest: number): Tick[] {
  const last = new Date(newest);
  const first = new Date(oldest);
  const months =
    (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
  const day = (year: number, month: number) =>
    new Date(Date.UTC(year, month + 1, 0)).toISOString().slice(0, 10);
  if (months > MOST_MONTHS) {
    const years = last.getUTCFullYear() - first.getUTCFullYear();
    return Array.from({ length: years + 1 }, (_, i) => {
      const year = last.getUTCFullYear() - i;
      return { day: day(year, 11), year, month: null };
    });
  }
  return Array.from({ length: months + 1 }, (_, i) => {
    const at = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - i, 1));
    const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
    return { day: day(year, month), year, month };
  });
}

/** Times to snooze until, from now on: on the whole hour, in the morning at nine. */
export function snoozeTimes(now: Date): { name: string; at: Date }[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = ((8 - now.getDay()) % 7) || 7;
  return [
    { name: 'hour', at: new Date(now.getTime() + 3_600_000) },
    { name: 'evening', at: at(0, 17) },
    { name: 'tomorrow', at: at(1, 9) },
    { name: 'monday', at: at(toMonday, 9) },
    { name: 'week', at: at(7, 9) },
  ].filter((one) => one.at > now);
}
