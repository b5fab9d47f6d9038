/** Marks of a conversation that its row shows. Apart from findings.ts, which the first view does not need. */

/** In a row of the list there is room for what changes the order of work. */
export const SHOWN_MARKS = ['at_risk', 'urgent', 'frustrated', 'call_back', 'chaser', 'private', 'unsure'] as const;
