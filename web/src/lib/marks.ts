/** Marks of a conversation. Apart from findings.ts, which the first view does not need. */

export const MARKS = [
  'unsure',
  'urgent',
  'frustrated',
  'at_risk',
  'deterred',
  'call_back',
  'private',
  'chaser',
  'rude',
  'insult',
  'competitor',
  'negative',
  'neutral',
  'positive',
  'third',
] as const;

/** In a row of the list there is room for what changes the order of work. */
export const SHOWN_MARKS = ['at_risk', 'urgent', 'frustrated', 'call_back', 'chaser', 'private', 'unsure'] as const;

/** What stands at the top of each part of Today. */
export const PRESSING: readonly string[] = ['at_risk', 'urgent', 'frustrated'];
