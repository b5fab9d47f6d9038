/** German texts about what messages say. */

import type { Message } from '../lib/message.ts';

export const findingsDe = {
  'finding.unsure': 'unsicher',
  'finding.mark': 'Sagt',
  'finding.urgent': 'eilt',
  'finding.frustrated': 'Geduld am Ende',
  'finding.rude': 'grob im Ton',
  'finding.insult': 'nur Beleidigung',
  'finding.at_risk': 'will uns verlassen',
  'finding.deterred': 'will nicht kaufen',
  'finding.opt_out': 'möchte nicht angeschrieben werden',
  'finding.call_back': 'bittet um Anruf',
  'finding.chaser': 'fragt nach',
  'finding.private': 'möchte privat schreiben',
  'finding.thanks': 'bedankt sich',
  'finding.irony': 'vielleicht ironisch',
  'sentiment.negative': 'unzufrieden',
  'sentiment.neutral': 'sachlich',
  'sentiment.positive': 'zufrieden',
  'toward.us': 'gilt uns',
  'toward.third': 'gilt jemand anderem',
  'mark.competitor': 'nennt Mitbewerber',
  'mark.third': 'Stimmung gilt jemand anderem',
  'mark.unsure': 'Anliegen unsicher',
} satisfies Record<string, Message>;
