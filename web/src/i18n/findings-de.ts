/** German texts about what messages say. */

import type { Message } from '../lib/message.ts';

export const findingsDe = {
  'finding.unsure': 'unsicher',
  'finding.mark': 'Sagt',
  'finding.urgent': 'eilt',
  'finding.frustrated': 'Geduld am Ende',
  'finding.at_risk': 'will uns verlassen',
  'finding.deterred': 'will nicht kaufen',
  'finding.call_back': 'bittet um Anruf',
  'finding.chaser': 'fragt nach',
  'finding.private': 'möchte privat schreiben',
  'mark.unsure': 'unklar',
} satisfies Record<string, Message>;
