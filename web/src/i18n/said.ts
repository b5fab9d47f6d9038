/**
 * What stands around findings, [German, English]: apart from the other texts, since it is
 * loaded with the pages that show it and not before the first view.
 */

type Pair = readonly [string, string];

export const SAID = {
  'by': ['So gesagt von {name}, {time}.', 'Said by {name}, {time}.'],
  'by_list': ['Ein Wort der eigenen Listen steht darin.', 'A word of the own lists stands in it.'],
  'by_rule': ['An Form und Prüfziffer erkannt.', 'Known by its form and check digit.'],
  'by_model': ['Gelernt aus Beispielen, zu {sure} sicher.', 'Learned from examples, {sure} sure.'],
  'by_guess': ['Nur eine Vermutung, zu {sure}. Ein Mensch entscheidet.', 'Only a guess, {sure}. A person decides.'],
  'words': ['Die Wörter dafür sind im Text markiert.', 'The words for it are marked in the text.'],
  'whole': ['Dafür spricht der Text als Ganzes.', 'The text as a whole says so.'],
  'take_back': ['Zurücknehmen', 'Take back'],
  'was_judged': ['Gemerkt. Künftige Nachrichten werden danach eingeordnet.', 'Noted. Coming messages are sorted by it.'],
  'correct': ['Stimmt das?', 'Is that right?'],
  'right': ['Stimmt', 'Right'],
  'wrong': ['Stimmt nicht', 'Not right'],
  'add': ['Fehlt etwas?', 'Anything missing?'],
  'why': ['Warum?', 'Why?'],
  'title': ['Was diese Nachricht sagt', 'What this message says'],
  'personal_data': ['enthält {what}', 'contains {what}'],
  'topic': ['Thema {topic}', 'topic {topic}'],
  'competitor': ['nennt einen Mitbewerber', 'names a competitor'],
  'competitor_named': ['nennt {name}', 'names {name}'],
  'quality': ['Wie oft es stimmte', 'How often it was right'],
  'quality.help': ['Nach dem, was Menschen an Nachrichten bestätigt oder berichtigt haben. Berichtigt wird eher, was falsch ist: die wahre Quote liegt meist höher.', 'By what people confirmed or set right at messages. What is wrong is rather set right: the true share is mostly higher.'],
  'quality.none': ['Noch hat niemand etwas bestätigt oder berichtigt. Das geht an jeder Nachricht mit einem Klick.', 'Nobody has confirmed or set anything right yet. At each message that takes one click.'],
  'quality.class': ['Aussage', 'Finding'],
  'quality.week': ['Woche ab', 'Week from'],
  'quality.judged': ['beurteilt', 'judged'],
  'quality.right': ['stimmte', 'was right'],
  'quality.unsure': ['war unsicher', 'was unsure'],
  'personal.email': ['eine E-Mail-Adresse', 'an e-mail address'],
  'personal.phone': ['eine Telefonnummer', 'a phone number'],
  'personal.iban': ['eine Kontonummer', 'an account number'],
  'personal.card': ['eine Kartennummer', 'a card number'],
  'personal.order': ['eine Auftragsnummer', 'an order number'],
} satisfies Record<string, Pair>;

/** What usually comes next, by intent and by what else a message says. */
export const NEXT_STEPS: Record<string, Pair> = {
  praise: ['Üblich: danken, gern mit einem persönlichen Satz.', 'Usually: say thanks, with a personal sentence.'],
  question: ['Üblich: antworten, oder sagen, wann die Antwort kommt.', 'Usually: answer, or say when the answer will come.'],
  complaint: ['Üblich: verstehen, um Entschuldigung bitten, lösen; später nachfragen, ob es hält.', 'Usually: understand, apologise, solve; later ask whether it holds.'],
  suggestion: ['Üblich: danken und sagen, was damit geschieht.', 'Usually: say thanks and what will become of it.'],
  discussion: ['Üblich: mitlesen; mitreden, wo wir etwas beitragen.', 'Usually: read along; join in where we have something to add.'],
  order: ['Üblich: bestätigen und den Weg zum Kauf nennen.', 'Usually: confirm and name the way to buy.'],
  spam: ['Üblich: ausblenden und ohne Antwort schließen.', 'Usually: hide and close without an answer.'],
  other: ['Üblich: keine Antwort nötig.', 'Usually: no answer needed.'],
  frustrated: ['Erst Verständnis, dann Lösung.', 'Understanding first, then the solution.'],
  urgent: ['Zuerst lesen: einige Stunden Warten würden schaden.', 'Read first: some hours of waiting would do harm.'],
  rude: ['Auf die Sache antworten. Beurteilt wird die Nachricht, nie der Mensch; sie lässt sich jederzeit abgeben.', 'Answer the matter. The message is judged, never the person; it can be handed on at any time.'],
  insult: ['Auf die Umgangsregeln hinweisen; hilft das nicht, mit Grund ausblenden. Die Nachricht lässt sich jederzeit abgeben.', 'Point to the house rules; if that does not help, hide with a reason. The message can be handed on at any time.'],
  at_risk: ['Schnell und persönlich antworten: hier geht sonst jemand.', 'Answer soon and personally: else somebody leaves here.'],
  deterred: ['Freundlich richtigstellen, was sich richtigstellen lässt.', 'Kindly set right what can be set right.'],
  call_back: ['Anrufen, oder Nummer und Zeiten nennen.', 'Call, or name number and hours.'],
  private: ['Einen privaten Weg nennen: Nachricht oder Telefonnummer mit Zeiten.', 'Name a private way: message, or phone number with hours.'],
  chaser: ['Zur früheren Anfrage antworten; gezählt wird ab der ersten Nachricht.', 'Answer to the earlier enquiry; the clock counts from the first message.'],
  thanks: ['Vermutlich gelöst: nach einem Blick als gelöst setzen.', 'Probably solved: after a look, set to solved.'],
  irony: ['Die Wörter sagen vielleicht das Gegenteil: ein Mensch liest.', 'The words may say the opposite: a person reads.'],
  opt_out: ['Nicht mehr von uns aus schreiben.', 'Do not write on our own account any more.'],
};
