/** English texts about what messages say. */

import type { Message } from '../lib/message.ts';
import type { findingsDe } from './findings-de.ts';

export const findingsEn: Record<keyof typeof findingsDe, Message> = {
  'finding.unsure': 'unsure',
  'finding.mark': 'Says',
  'finding.urgent': 'urgent',
  'finding.frustrated': 'out of patience',
  'finding.at_risk': 'wants to leave us',
  'finding.deterred': 'does not want to buy',
  'finding.call_back': 'asks for a call',
  'finding.chaser': 'asks again',
  'finding.private': 'wants to write privately',
  'mark.unsure': 'unclear',
};
