/* defaults.c - the word lists that Draht begins with, German and English.
 *
 * Short on purpose: every spelling here will be right nearly always. What is
 * right for one firm only belongs into its own lists.
 */
#include "text/lists.h"

#define LIST(kind, value, words)                                                         \
    {                                                                                    \
        STR(kind), STR(value), STR(words)                                                \
    }

static const struct text_list lists[] = {
    LIST(TEXT_THANKS, "",
         "danke\ndankeschön\ndanke schön\ndanke sehr\nvielen dank\nherzlichen dank\n"
         "besten dank\nlieben dank\ntausend dank\nich danke\nich bedanke mich\nmerci\n"
         "geht wieder\nklappt wieder\nläuft wieder\nfunktioniert wieder\n"
         "jetzt geht es\njetzt geht's\njetzt gehts\njetzt klappt es\nhat geklappt\n"
         "hat sich erledigt\nproblem gelöst\nist gelöst\n"
         "thanks\nthank you\nthank u\nthx\nmany thanks\ncheers mate\nit works now\n"
         "works again\nworking again\nproblem solved\n"
         "!danke für nichts\n!nein danke\n!danke nein\n!danke aber\n!danke trotzdem\n"
         "!im voraus\n!danke schon mal\n!danke schonmal\n!vorab\n!leider\n"
         "!immer noch nicht\n!geht nicht wieder\n!wieder weg\n!wieder kaputt\n"
         "!noch nicht gelöst\n!nicht gelöst\n"
         "!no thanks\n!no thank you\n!thanks for nothing\n!in advance\n!thanks but\n"
         "!still not\n!not solved"),

    LIST(TEXT_OPT_OUT, "",
         "bitte nicht mehr schreiben\nbitte nicht mehr anschreiben\n"
         "nicht mehr anschreiben\nschreibt mir nicht mehr\nschreib mir nicht mehr\n"
         "schreiben sie mir nicht mehr\nmir nicht mehr schreiben\n"
         "keine nachrichten mehr\nkeine weiteren nachrichten\nkeine mails mehr\n"
         "keine e-mails mehr\nkeine emails mehr\nkeine werbung mehr\n"
         "bitte keine werbung\nnicht mehr kontaktieren\nkontaktiert mich nicht\n"
         "kontaktieren sie mich nicht\nkein kontakt mehr\nlasst mich in ruhe\n"
         "lass mich in ruhe\nlassen sie mich in ruhe\nmöchte mich abmelden\n"
         "newsletter abbestellen\nnewsletter abmelden\n"
         "stop writing\nstop messaging\nstop contacting\nstop emailing\n"
         "no more messages\nno more emails\ndo not contact me\ndon't contact me\n"
         "dont contact me\ndo not write to me\ndon't write to me\ndo not message me\n"
         "don't message me\nleave me alone\nunsubscribe\nopt out"),

    LIST(TEXT_INTENT, "complaint",
         "enttäuscht\nenttäuschend\nenttäuschung\nbeschwerde\nbeschweren\n"
         "beschwere mich\nreklamation\nreklamieren\nunzufrieden\nnicht zufrieden\n"
         "frechheit\nunverschämt*\nschlecht\nschlechte\nschlechter\nschlechten\n"
         "schlechteste\nmiserabel\nmiserable*\nkatastrophe\nkatastrophal*\nskandal\n"
         "zumutung\nsauerei\nabzocke\nbetrug\närgerlich\närgere mich\nverärgert\n"
         "stinksauer\nkaputt\ndefekt\ndefekte*\nbeschädigt\nausgefallen\nstörung\n"
         "geht nicht\ngeht nicht mehr\ngeht immer noch nicht\nwieder weg\n"
         "funktioniert nicht\nfunktioniert nicht mehr\nfunktioniert immer noch nicht\n"
         "klappt nicht\nimmer noch nicht\nwarte immer noch\nwarte seit\nnie wieder\n"
         "ich kündige\nrechnung falsch\nfalsche rechnung\nnicht angekommen\n"
         "nicht erhalten\nna super\nna toll\nna klasse\ndanke für nichts\nnicht gut\n"
         "nicht toll\n"
         "disappointed\ndisappointing\ncomplaint\ncomplain\nunhappy\nnot happy\n"
         "not satisfied\nterrible\nawful\nthe worst\nunacceptable\nrip off\nripped off\n"
         "scam\nis broken\ndamaged\ndoes not work\ndoesn't work\ndoesnt work\n"
         "not working\nstill waiting\nnever again\nwrong invoice\nnever arrived\n"
         "thanks for nothing\n"
         "!nicht schlecht\n!keine beschwerde\n!nicht mehr kaputt\n!not bad"),

    LIST(TEXT_INTENT, "suggestion",
         "könntet ihr\nvorschlag\nverbesserungsvorschlag\nich schlage vor\nanregung\n"
         "ich wünsche mir\nwünsche mir\nwürde mir wünschen\nwünschenswert\n"
         "wäre schön wenn\nwäre toll wenn\nwäre super wenn\nwäre gut wenn\n"
         "wäre klasse wenn\nfände es gut wenn\nfände ich gut wenn\n"
         "suggestion\ni suggest\ni would suggest\nfeature request\n"
         "it would be great if\nit would be nice if\nwould be great if\n"
         "would be nice if\ni wish you\nplease add\nyou should add\n"
         "!könntet ihr mir sagen\n!könntet ihr mir bitte sagen\n!könntet ihr mir helfen\n"
         "!könntet ihr mir bitte helfen"),

    LIST(TEXT_INTENT, "order",
         "ich bestelle\nhiermit bestelle ich\nmöchte bestellen\nmöchte gern bestellen\n"
         "möchte gerne bestellen\nwill bestellen\nwürde gern bestellen\n"
         "würde gerne bestellen\nmöchte kaufen\nmöchte gern kaufen\n"
         "möchte gerne kaufen\nbitte um ein angebot\nschicken sie mir ein angebot\n"
         "i would like to order\ni'd like to order\nwant to order\nplace an order\n"
         "i would like to buy\ni'd like to buy\nwant to buy"),

    LIST(TEXT_INTENT, "question",
         "wie lange\nwie viel\nwieviel\nwie kann ich\nwie kann man\nwie komme ich\n"
         "wann kommt\nwann gibt\nwarum\nwieso\nweshalb\nwo finde ich\nwo ist\n"
         "wo bleibt\nkann man\nkann ich\nweiß jemand\nhabe eine frage\n"
         "hätte eine frage\nhätte da eine frage\n"
         "könntet ihr mir sagen\nkönnt ihr mir sagen\nkönnen sie mir sagen\n"
         "könnten sie mir sagen\n"
         "how long\nhow much\nhow can i\nhow do i\nwhere is\nwhere can i\nwhen will\n"
         "can i\nhave a question\ncould you tell me\ncan you tell me\n"
         "!keine frage"),

    LIST(TEXT_INTENT, "discussion",
         "sehe das anders\nsehe ich anders\nsehe das auch so\nsehe ich auch so\n"
         "anderer meinung\nmeiner meinung nach\nstimme dir zu\nstimme ihnen zu\n"
         "stimme nicht zu\nda muss ich widersprechen\nwiderspreche\n"
         "i disagree\ni agree\nin my opinion"),

    LIST(TEXT_INTENT, "praise",
         "super\nklasse\ntoll\ntolle\ntoller\ntolles\nprima\nspitze\ngroßartig*\n"
         "hervorragend*\nbegeistert\nperfekt\ngenial\ngut gemacht\nsehr gut\n"
         "sehr zufrieden\nrundum zufrieden\nempfehlenswert\nweiter so\ngroßes lob\n"
         "ein lob\nguter service\nbester service\n👍\n😍\n"
         "great\nawesome\nexcellent\namazing\nfantastic\nperfect\nlove it\nwell done\n"
         "very happy\nvery satisfied\ngreat service\nbest service\n"
         "!nicht super\n!nicht so super\n!nicht klasse\n!nicht so toll\n!nicht sehr gut\n"
         "!nicht perfekt\n!nicht begeistert\n!nicht empfehlenswert\n!not great\n"
         "!not perfect\n!a great deal"),

    LIST(TEXT_ADVERTISING, "",
         "sonderangebot*\nunser angebot\nunsere angebote\nneues angebot\nrabatt*\n"
         "gutschein*\naktionspreis*\nsonderaktion*\njetzt kaufen\njetzt bestellen\n"
         "nur heute\nnur für kurze zeit\ntiefpreis*\nspecial offer*\nour offers\n"
         "discount*\nvoucher*\nbuy now\norder now\nlimited time"),
};

const struct text_list *text_default_lists(size_t *ret_count)
{
    *ret_count = COUNT_OF(lists);
    return lists;
}
