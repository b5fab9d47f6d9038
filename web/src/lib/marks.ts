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

/** In a row of the list there is room for one: what raises it, else one of these. */
export const SHOWN_MARKS = ['call_back', 'private', 'unsure'] as const;
