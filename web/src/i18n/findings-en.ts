/** English texts about what messages say. */

import type { Message } from '../lib/message.ts';
import type { findingsDe } from './findings-de.ts';

export const findingsEn: Record<keyof typeof findingsDe, Message> = {
  'finding.unsure': 'unsure',
  'finding.mark': 'Says',
  'finding.urgent': 'urgent',
  'finding.frustrated': 'out of patience',
  'finding.rude': 'harsh in tone',
  'finding.insult': 'insult only',
  'finding.at_risk': 'wants to leave us',
  'finding.deterred': 'does not want to buy',
  'finding.opt_out': 'wants no messages',
  'finding.call_back': 'asks for a call',
  'finding.chaser': 'asks again',
  'finding.private': 'wants to write privately',
  'finding.thanks': 'says thanks',
  'finding.irony': 'perhaps ironic',
  'sentiment.negative': 'discontent',
  'sentiment.neutral': 'matter-of-fact',
  'sentiment.positive': 'content',
  'toward.us': 'about us',
  'toward.third': 'about somebody else',
  'mark.competitor': 'names a competitor',
  'mark.third': 'mood is about somebody else',
  'mark.unsure': 'intent unsure',
};
