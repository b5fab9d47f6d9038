/**
 * What the words mean for those who use Draht. The page of the interface shows it, and
 * docs/glossary.md is made from it (web/test/glossary.mjs). Where the interface has a
 * text for a word, the entry names that text, so that both always say the same.
 */

import type { Key } from './de.ts';

interface Both {
  de: string;
  en: string;
}
export interface Entry {
  word: Key | Both;
  /** The name in the API, where it differs by language. */
  code?: string;
  means: Both;
}
export interface Group {
  title: Both;
  entries: Entry[];
}

const entry = (word: Key | Both, de: string, en: string, code?: string): Entry => ({ word, code, means: { de, en } });
const words = (de: string, en: string): Both => ({ de, en });

export const GLOSSARY: Group[] = [
  {
    title: words('Womit Draht arbeitet', 'What Draht works with'),
    entries: [
      entry(words('Arbeitsbereich', 'Workspace'), 'Eine Organisation mit allem, was ihr gehört. Niemand sieht in einen anderen hinein.', 'One organisation and all that belongs to it. Nobody sees into another.', 'workspace'),
      entry(words('Netzwerk', 'Network'), 'Eine Art von Ort, an dem Menschen reden: Mastodon, E-Mail, der Chat der eigenen Website, Telefon, Brief.', 'A kind of place where people talk: Mastodon, e-mail, the chat of one’s own site, phone, letter.', 'network'),
      entry(words('Kanal', 'Channel'), 'Ein verbundenes Konto oder eine Adresse in einem Netzwerk. Ein Kanal ist ein Versprechen: er hat Zuständige, eine Vertretung, Stunden und einen Zweck. Fehlt davon etwas, ist er rot.', 'One connected account or address on a network. A channel is a promise: it has an owner, a deputy, hours and a purpose. Where one of them is missing it is red.', 'channel'),
      entry(words('Person', 'Person'), 'Ein Mensch. Alles, was er auf allen Kanälen geschrieben hat, steht auf einer Seite.', 'A human being. Whatever they wrote on any channel stands on one page.', 'person'),
      entry(words('Profil', 'Profile'), 'Wie eine Person in einem Netzwerk heißt. Mehrere Profile können derselbe Mensch sein; das sagt ein Mensch, nie das Programm.', 'What a person is called on one network. Several profiles can be the same human being; a human says so, never the program.', 'profile'),
      entry(words('Gespräch', 'Thread'), 'Der Ort einer Unterhaltung: ein öffentlicher Beitrag mit allen Kommentaren, ein Chat oder ein Schriftwechsel.', 'The place of a talk: a public post with all its comments, a chat or an exchange of mails.', 'thread'),
      entry(words('Nachricht', 'Message'), 'Eine einzelne Äußerung: von außen, von uns, oder zwischen Außenstehenden.', 'A single utterance: from outside, from us, or between outsiders.', 'message'),
      entry('talk.title', 'Was eine Person in einem Gespräch möchte, von der ersten Nachricht bis zur Lösung. Das Anliegen hat Zuständige, einen Zustand und die Uhr. Ein belebter Beitrag hat viele: eins für jede Person, die etwas möchte.', 'What one person wants in one thread, from the first message to the solution. It has the owner, the state and the clock. A busy post has many: one for each person who wants something.', 'conversation'),
      entry(words('Reaktion', 'Reaction'), 'Die Antwort eines Menschen in unserem Namen. Automatische Texte, hilfreiche Fremde und Nachahmer halten die Uhr nicht an.', 'The answer of a human in our name. Automatic texts, helpful strangers and impostors do not stop the clock.', 'reaction'),
      entry('check_back.title', 'Die Frage eines Menschen, sieben Tage nach der Lösung: hat es gehalten? Draht erinnert daran, geschickt wird sie von Hand.', 'A person’s question, seven days after the solution: did it hold? Draht reminds of it, a person sends it.', 'check-back'),
      entry(words('Zusage', 'Promise'), 'Was jemand von uns einer Person bis zu einem Tag versprochen hat.', 'What one of us told a person would happen by a day.', 'promise'),
      entry(words('Leitlinie', 'Guideline'), 'Wie wir sprechen, mit Versionen. Eine Antwort wird daran gemessen, ehe sie hinausgeht.', 'How we speak, in versions. A reply is checked against it before it leaves.', 'guideline'),
      entry(words('Anhalten', 'Hold'), 'Alle geplanten Beiträge aller Abteilungen warten. Antworten bleibt möglich.', 'All scheduled posts of all departments wait. Replying stays possible.', 'hold'),
    ],
  },
  {
    title: words('Zustände eines Anliegens', 'States of a conversation'),
    entries: [
      entry('state.new', 'Noch niemand von uns hat reagiert. Die Uhr läuft.', 'None of us has reacted yet. The clock runs.'),
      entry('state.open', 'Wir sind dran: es gab eine Reaktion, und die Person wartet wieder. Die Uhr läuft.', 'It is up to us: there was a reaction, and the person waits again. The clock runs.'),
      entry('state.waiting', 'Wir haben geantwortet und warten auf die Person, eine Abteilung oder eine Freigabe.', 'We have answered and wait for the person, a department or an approval.'),
      entry('state.solved', 'Ein Mensch sagt: gelöst. Schreibt die Person wieder, ist das Anliegen wieder offen. Nach sieben Tagen steht die Nachfrage an.', 'A person says: solved. When the customer writes again it is open again. After seven days the check-back is due.'),
      entry('state.closed', 'Zu Ende ohne Lösung oder nach 14 ruhigen Tagen, mit einem Grund. Auch das öffnet sich wieder, wenn die Person schreibt.', 'Ended without a solution or after 14 quiet days, with a reason. This too opens again when the person writes.'),
      entry('talk.overdue', 'Die Person wartet länger, als der Kanal verspricht. Gezählt wird in den Stunden der Abteilung.', 'The person waits longer than the channel promises. What counts are the hours of the department.'),
    ],
  },
  {
    title: words('Warum ein Anliegen geschlossen ist', 'Why a conversation is closed'),
    entries: [
      entry('close.no_answer_needed', 'Gelesen, und es braucht keine Antwort: ein Dank, ein Gruß.', 'Read, and it needs no answer: thanks, a greeting.'),
      entry('close.spam', 'Werbung oder Betrug. Zählt nicht als Anliegen.', 'Advertising or fraud. Does not count as a concern.'),
      entry('close.hidden', 'Aus dem öffentlichen Gespräch genommen, mit Grund. Gelöscht wird nichts.', 'Taken out of the public thread, with a reason. Nothing is deleted.'),
      entry('close.time', 'Gelöst und 14 Tage lang kein Wort mehr.', 'Solved, and no word for 14 days.'),
    ],
  },
  {
    title: words('Wer es liest', 'Who reads it'),
    entries: [
      entry('visibility.public', 'Alle können es lesen.', 'Everyone can read it.'),
      entry('visibility.private', 'Nur diese Person und wir lesen es.', 'Only this person and we read it.'),
      entry('visibility.internal', 'Nur das Team liest es. Eine Notiz verlässt Draht nie.', 'Only the team reads it. A note never leaves Draht.'),
    ],
  },
  {
    title: words('Was aus einer Antwort wird', 'What becomes of a reply'),
    entries: [
      entry('outbox.held', 'Jemand anderes liest sie, ehe sie hinausgeht.', 'Somebody else reads it before it leaves.'),
      entry('outbox.queued', 'Angenommen und gesichert; sie geht in einem Augenblick ab und lässt sich so lange zurückholen.', 'Taken and kept; it leaves in a moment and can be taken back until then.'),
      entry('outbox.sending', 'Auf dem Weg zum Netzwerk.', 'On its way to the network.'),
      entry('outbox.unknown', 'Die Verbindung brach ab, als sie schon unterwegs sein konnte. Draht fragt das Netzwerk, ehe etwas zweimal gesendet wird.', 'The connection broke when it may have left already. Draht asks the network before anything is sent twice.'),
      entry('outbox.uncertain', 'Auch das Netzwerk kann es nicht sagen. Ein Mensch sieht nach und entscheidet.', 'The network cannot tell either. A person looks and decides.'),
      entry('outbox.sent', 'Das Netzwerk hat sie angenommen.', 'The network has taken it.'),
      entry('outbox.failed', 'Das Netzwerk hat abgelehnt; der Grund steht dabei. Die Person wartet weiter, die Uhr auch.', 'The network refused; the reason stands beside it. The person still waits, and so does the clock.'),
      entry('outbox.cancelled', 'Wir haben sie zurückgeholt. Sie ist nie hinausgegangen.', 'We took it back. It never left.'),
    ],
  },
  {
    title: words('Zustände einer Nachfrage', 'States of a check-back'),
    entries: [
      entry('check_back.planned', 'Sie steht in sieben Tagen an.', 'It comes up in seven days.'),
      entry('check_back.due', 'Sie steht heute an und wartet auf einen Menschen.', 'It is up today and waits for a person.'),
      entry('check_back.sent', 'Ein Mensch hat gefragt.', 'A person has asked.'),
      entry('check_back.answered', 'Die Person hat geantwortet.', 'The customer has answered.'),
      entry('check_back.cancelled', 'Sie entfällt: das Anliegen ist wieder offen, oder die Person möchte nicht gefragt werden.', 'It is dropped: the conversation is open again, or the person does not want to be asked.'),
      entry('outcome.held', 'Das Problem blieb gelöst.', 'The problem stayed solved.'),
      entry('outcome.came_back', 'Dasselbe Anliegen ist wieder offen und steht oben.', 'The same conversation is open again and stands at the top.'),
      entry('outcome.no_answer', 'Gefragt, aber es kam nichts zurück.', 'Asked, but nothing came back.'),
    ],
  },
  {
    title: words('Was jemand möchte', 'What somebody wants'),
    entries: [
      entry('intent.question', 'Jemand möchte etwas wissen.', 'Somebody wants to know something.'),
      entry('intent.complaint', 'Etwas ist schiefgegangen. Verdient immer eine Antwort.', 'Something went wrong. Always deserves an answer.'),
      entry('intent.suggestion', 'Eine Idee, wie etwas besser ginge.', 'An idea how something could be better.'),
      entry('intent.praise', 'Jemand ist zufrieden und sagt es.', 'Somebody is content and says so.'),
      entry('intent.order', 'Jemand möchte etwas kaufen.', 'Somebody wants to buy something.'),
      entry('intent.discussion', 'Meinungen, die keine Lösung brauchen.', 'Opinions that need no solution.'),
      entry('intent.spam', 'Werbung oder Betrug.', 'Advertising or fraud.'),
      entry('intent.other', 'Nichts von alledem.', 'None of these.'),
    ],
  },
  {
    title: words('Wie eine Nachricht klingt', 'How a message sounds'),
    entries: [
      entry(words('unzufrieden', 'discontent'), 'Jemand ist mit etwas nicht zufrieden. Ob das uns gilt oder jemand anderem, steht dabei.', 'Somebody is not content with something. Whether that is about us or about somebody else stands beside it.', 'negative'),
      entry(words('sachlich', 'matter-of-fact'), 'Weder zufrieden noch unzufrieden.', 'Neither content nor discontent.', 'neutral'),
      entry(words('zufrieden', 'content'), 'Jemand ist mit etwas zufrieden.', 'Somebody is content with something.', 'positive'),
      entry(words('vielleicht ironisch', 'perhaps ironic'), 'Die Wörter sagen vielleicht das Gegenteil. Dann ist auch unsicher, was jemand möchte.', 'The words may say the opposite. Then it is unsure, too, what somebody wants.', 'irony'),
      entry('finding.frustrated', 'Die Geduld ist aufgebraucht. Hat Vorrang auf der Seite Heute: erst Verständnis, dann Lösung.', 'Patience is used up. Has priority on Today: understanding first, then the solution.'),
      entry(words('grob im Ton', 'harsh in tone'), 'Respektlos, aber mit einem Anliegen. Beantwortet wird das Anliegen; beurteilt wird die Nachricht, nie der Mensch.', 'Disrespectful, but with a matter. The matter is answered; the message is judged, never the person.', 'rude'),
      entry(words('nur Beleidigung', 'insult only'), 'Respektlos und ohne Anliegen.', 'Disrespectful and without a matter.', 'insult'),
    ],
  },
  {
    title: words('Was eine Nachricht noch sagt', 'What else a message says'),
    entries: [
      entry('finding.urgent', 'Einige Stunden Warten würden schaden. Steht auf der Seite Heute oben.', 'Some hours of waiting would do harm. Stands at the top of Today.'),
      entry('finding.at_risk', 'Jemand aus der Kundschaft sagt, dass er oder sie geht. Steht auf der Seite Heute oben.', 'A customer says that they leave. Stands at the top of Today.'),
      entry('finding.deterred', 'Jemand, der noch nicht bei uns kauft, sagt, dass es so bleibt. Hat Vorrang auf der Seite Heute.', 'Somebody who is no customer yet says that it stays so. Has priority on Today.', 'deterred'),
      entry('finding.chaser', 'Verweist auf eine frühere Nachricht, die wartet. Von anderswo geschrieben, wird sie mit dem offenen Anliegen verbunden oder das Verbinden angeboten; die Uhr zählt ab der ersten Nachricht.', 'Points to an earlier message that waits. Written elsewhere it is joined to the open conversation, or joining is offered; the clock counts from the first message.'),
      entry('finding.call_back', 'Möchte angerufen werden.', 'Wants to be called.'),
      entry('finding.private', 'Möchte den öffentlichen Ort verlassen.', 'Wants to leave the public place.'),
      entry(words('Thema', 'Topic'), 'Worum es geht, mit einem eigenen Namen. Alle Schreibweisen einer Sache sind ein Thema.', 'What it is about, by a name of one’s own. All spellings of a thing are one topic.', 'topic'),
      entry('mark.unsure', 'Draht hat eine Vermutung und ist nicht sicher genug. Sie hebt nichts hervor und zählt nirgends als entschieden: ein Mensch liest und sagt, was gilt.', 'Draht has a guess and is not sure enough. It raises nothing and counts as decided nowhere: a person reads and says what holds.'),
      entry(words('fast gleiche Nachrichten', 'nearly the same messages'), 'Derselbe Text, mehrmals oder leicht verändert. Gezählt werden die Nachrichten und die Personen: eine Person vierzigmal ist eine Person; vierzig in zwei Stunden von zwanzig Personen sind viele. Was mit allen geschieht, entscheidet ein Mensch.', 'The same text, several times or lightly changed. The messages and the people are counted: one person forty times is one person; forty in two hours by twenty people are many. What is done with all of them a person decides.', 'alike'),
      entry('row.reopened', 'War gelöst oder geschlossen, und die Person schreibt wieder. Steht auf der Seite Heute oben.', 'Was solved or closed, and the person writes again. Stands at the top of Today.', 'reopened'),
      entry('row.priority', 'Jemand fragt noch einmal nach, ein Problem kam wieder, oder ein Mensch hat es gesagt. Ordnet die Seite Heute.', 'Somebody asks once more, a problem came back, or a person said so. Orders the page of today.', 'priority'),
    ],
  },
  {
    title: words('Wer sonst noch mitredet', 'Who else takes part'),
    entries: [
      entry('third_party.unmarked', 'Jemand von außen antwortet jemandem von außen. Noch nicht eingeordnet.', 'Somebody outside answers somebody outside. Not sorted yet.'),
      entry('third_party.helper', 'Gibt einen Rat. Stimmt er, können wir das bestätigen; die Uhr läuft trotzdem weiter.', 'Gives advice. Where it is right we can confirm it; the clock runs on all the same.'),
      entry('third_party.advocate', 'Spricht für die Person, die etwas möchte.', 'Speaks for the person who wants something.'),
      entry('third_party.satire', 'Meint es nicht ernst.', 'Is not serious.'),
      entry('third_party.impostor', 'Tut so, als sei es unsere Antwort. Wird gekennzeichnet und gemeldet.', 'Pretends to be our answer. Is marked and reported.'),
      entry('third_party.disruption', 'Führt vom Anliegen weg. Beurteilt wird die Nachricht, nie der Mensch.', 'Leads away from the concern. What is judged is the message, never the human.'),
    ],
  },
  {
    title: words('Woher wir uns kennen', 'How we know each other'),
    entries: [
      entry('relation.customer', 'Hat etwas bei uns gekauft oder einen Vertrag.', 'Has bought something from us or has a contract.'),
      entry('relation.prospect', 'Überlegt noch.', 'Is still thinking about it.'),
      entry('relation.follower', 'Liest mit.', 'Reads along.'),
      entry('relation.fan', 'Ist uns zugetan.', 'Is fond of us.'),
      entry('relation.supplier', 'Liefert uns etwas.', 'Supplies us with something.'),
      entry('relation.media', 'Schreibt oder sendet über uns.', 'Writes or reports about us.'),
      entry('relation.unknown', 'Noch nicht gesagt.', 'Not said yet.'),
    ],
  },
  {
    title: words('Was wir auf einem Kanal tun', 'What we do on a channel'),
    entries: [
      entry('mode.dialogue', 'Wir lesen und antworten in der versprochenen Zeit.', 'We read and answer within the promised time.'),
      entry('mode.listen', 'Wir lesen, antworten dort aber nicht, und sagen das auch.', 'We read but do not answer there, and say so.'),
      entry('mode.none', 'Wir führen dort kein Gespräch; die Kontaktseite nennt den Auftritt und die Wege, auf denen jemand antwortet.', 'We do not talk there; the contact page names the account and the ways on which somebody answers.'),
    ],
  },
];
