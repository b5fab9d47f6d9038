/* polarity.c - words that are good or bad news nearly everywhere, and words that go
 * together; German and English. */
#include <pthread.h>

#include "text/features.h"

/* Folded beginnings; "=" at the end: the word is whole. */
static const char *const good[] = {
    "amazing",     "angenehm",   "awesome",      "begeister", "beste=",
    "besten=",     "brilliant",  "bravo",        "cool=",     "dank",
    "daumen",      "delight",    "empfehl",      "excellent", "fantast",
    "fein=",       "freundlich", "freu",         "friendly",  "fix=",
    "gefaellt=",   "geil=",      "gelungen",     "genial",    "gern",
    "glad=",       "gluecklich", "good=",        "grandios",  "great",
    "grossartig",  "gut=",       "gute=",        "guten=",    "guter=",
    "happy",       "helpful",    "herrlich",     "herzlich",  "hervorragend",
    "hilfsbereit", "hut=",       "impress",      "kind=",     "klasse=",
    "kompetent",   "kudos",      "laecheln",     "lecker",    "lieb=",
    "lob",         "love",       "lovely",       "nett",      "nice",
    "perfekt",     "perfect",    "pleas",        "praise",    "prima=",
    "puenktlich",  "recommend",  "reibungslos",  "respekt=",  "schnell",
    "schoen",      "smooth",     "sorgfaeltig",  "spitze=",   "starke=",
    "stark=",      "super",      "sympathisch",  "thank",     "thx",
    "toll",        "top=",       "traumhaft",    "tip",       "vorbildlich",
    "wonderful",   "wunderbar",  "wunderschoen", "zufrieden", "zuverlaessig",
};
static const char *const bad[] = {
    "abzocke",   "aerger",       "aergerlich", "appalling",    "arrogant",
    "arsch",     "ausfall",      "awful",      "bad=",         "beschwer",
    "betrug",    "betrogen",     "bloed",      "broke",        "chaos",
    "complain",  "crap",         "defekt",     "delay",        "disappoint",
    "disgrac",   "disgust",      "doof",       "dreck",        "dreist",
    "dumm",      "enttaeusch",   "ekel",       "fail",         "falsch",
    "fault",     "fehler",       "frech",      "frust",        "furchtbar",
    "genervt",   "gestoert",     "grausam",    "hass",         "horrible",
    "idiot",     "inkompetent",  "ignor",      "joke=",        "kacke",
    "kaputt",    "katastroph",   "lahm",       "laecherlich",  "leider=",
    "lost=",     "luege",        "mangel",     "mangelhaft",   "mies",
    "mist",      "nerv",         "nutzlos",    "pathetic",     "peinlich",
    "poor",      "problem",      "reklam",     "ridiculous",   "rude",
    "sauerei",   "sauer=",       "schade=",    "schaden",      "scheiss",
    "schlampig", "schlecht",     "schlimm",    "schmutz",      "schrott",
    "schweine",  "shame",        "shit",       "stoerung",     "streik",
    "stupid",    "terrible",     "traurig",    "ueberfuellt",  "unacceptable",
    "unfaehig",  "unfreundlich", "unmoeglich", "unverschaemt", "unfassbar",
    "useless",   "verspaet",     "versag",     "verarsch",     "verschmutz",
    "wait",      "warte",        "worst",      "wrong",        "wuetend",
    "zumutung",
};

/* Words that go together for some question: what they say, they say as one. */
static const char *const abusive[] = {
    /* puts somebody down */
    "affe=",       "affen=",       "amateur",     "arsch",       "asshole",
    "bastard",     "bescheuert",   "bitch",       "bloed",       "bloody=",
    "bollock",     "brainless",    "clown",       "crap",        "cretin",
    "crook",       "daemlich",     "depp",        "dick=",       "dickhead",
    "dimwit",      "dreck",        "dumb",        "dumm",        "esel=",
    "fick",        "flasche=",     "flaschen=",   "fool",        "fresse",
    "fuck",        "gauner",       "gelump",      "gesindel",    "git=",
    "gits=",       "greedy",       "halfwit",     "halsabschne", "hirni",
    "hirnlos",     "hohlkoepf",    "hohlkopf",    "hure",        "idiot",
    "imbecile",    "inkompetent",  "jerk",        "kacke",       "klappe=",
    "klugscheiss", "knalltuete",   "kuh=",        "lackaffe",    "lausig",
    "liar",        "loser",        "luegner",     "maul=",       "mistkerl",
    "moron",       "muppet",       "nichtskoenn", "nichtsnutz",  "niete",
    "numpt",       "pack=",        "penner",      "pfeife",      "pfosten",
    "pillock",     "pissed=",      "prick",       "sack=",       "saecke=",
    "saftladen",   "sau=",         "saubande",    "scheiss",     "schlampe",
    "schlamper",   "schnarchn",    "schnepfe",    "schnoesel",   "schwachkopf",
    "schwachsinn", "schwein=",     "schweine=",   "scum",        "shit",
    "spinner",     "stinkstiefel", "stuemper",    "stupid",      "thick=",
    "thieves=",    "thieving",     "tosser",      "trottel",     "twat",
    "tyrant",      "unfaehig",     "useless",     "verarsch",    "verblodet",
    "verbrecher",  "verpiss",      "volldepp",    "vollhorst",   "vollidiot",
    "vollpfosten", "wanker",       "waschlappen", "wichser",     "wichtigtuer",
    "witzfigur",   "zicke",
};
static const char *const repeated[] = {
    /* not for the first time */
    "again=",    "already=",   "always=", "dauernd=",   "dritte=",    "dritten=",
    "drittes=",  "endlich=",   "erneut=", "everytime=", "finally=",   "fuenfte=",
    "immer=",    "letzten=",   "nochmal", "nochmals=",  "permanent=", "schon=",
    "staendig=", "still=",     "third=",  "times=",     "vierte=",    "vierten=",
    "wieder=",   "wiederholt", "yet=",    "zweite=",    "zweiten=",   "zweites=",
};
static const char *const weary[] = {
    /* patience is used up */
    "aufgeb",   "ausrast",    "enough=",   "ewig",     "explod",   "fassungslos",
    "faxen=",   "fed=",       "frust",     "geduld=",  "genervt",  "genug=",
    "heul",     "irre=",      "kragen=",   "leid=",    "mehrfach", "mehrmals",
    "nerv",     "nochmals=",  "patience=", "puls=",    "reicht=",  "reichts=",
    "satt=",    "schnauze=",  "sick=",     "tether",   "tired=",   "verzweifel",
    "wahnsinn", "wievielten", "zigmal",    "zumutung",
};
static const char *const leaving[] = {
    /* somebody goes */
    "abgeschreckt", "abmeld",   "abspring",   "abwander",  "aufkuendig", "beende",
    "cancel",       "closing=", "elsewhere=", "goodbye=",  "konkurrenz", "kuendig",
    "kuendigung",   "leave=",   "leaving=",   "letzte=",   "letztes=",   "loswerden",
    "nirgend",      "quit=",    "switch",     "terminate", "tschuess",   "umzieh",
    "verlass",      "wechs",    "weg=",       "woanders",
};
static const char *const others[] = {
    /* somebody else than the two who talk */
    "anbieter",   "baufirma",   "bauleit",   "builder",     "competitor", "contractor",
    "courier",    "fahrgaest",  "fahrgast",  "fremde",      "gaeste=",    "gast=",
    "gegenseite", "government", "gutacht",   "haendler",    "konkurren",  "kurier",
    "landlord",   "lieferant",  "minister",  "mitreisend",  "nachbar",    "nachbarin",
    "neighbor",   "neighbour",  "paketbote", "paketdienst", "passagier",  "passenger",
    "politik",    "politiker",  "regierung", "spedition",   "stranger",   "supplier",
    "tourist",    "vermieter",  "vorbesitz", "zusteller",
};
static const struct {
    const char *const *words;
    size_t count;
} groups[WORD_GROUPS] = {
    [WORD_GOOD] = { good, COUNT_OF(good) },
    [WORD_BAD] = { bad, COUNT_OF(bad) },
    [WORD_ABUSIVE] = { abusive, COUNT_OF(abusive) },
    [WORD_REPEATED] = { repeated, COUNT_OF(repeated) },
    [WORD_WEARY] = { weary, COUNT_OF(weary) },
    [WORD_LEAVING] = { leaving, COUNT_OF(leaving) },
    [WORD_OTHERS] = { others, COUNT_OF(others) },
};

/* All of them by their first letter, put in order once in the life of the process. */
enum { LETTERS = 26, MOST_WORDS = 600 };
static struct {
    pthread_once_t once;
    struct {
        const char *word;
        unsigned group;
    } list[MOST_WORDS];
    size_t ends[LETTERS]; /* of those with this letter */
} ready = { .once = PTHREAD_ONCE_INIT };

/* Adds the words of a group that begin with this letter; how many there are now. */
static size_t add_words(size_t n, unsigned group, char letter)
{
    for (size_t i = 0; i < groups[group].count && n < MOST_WORDS; i++) {
        if (groups[group].words[i][0] != letter)
            continue;
        ready.list[n].word = groups[group].words[i];
        ready.list[n++].group = group;
    }
    return n;
}

static void order_words(void)
{
    size_t n = 0;

    for (size_t letter = 0; letter < LETTERS; letter++) {
        for (unsigned g = 0; g < WORD_GROUPS; g++)
            n = add_words(n, g, (char)('a' + letter));
        ready.ends[letter] = n;
    }
}

static bool begins(const uint32_t *word, size_t n, const char *entry)
{
    size_t i = 1;

    while (i < n && entry[i] && entry[i] != '=' && word[i] == (unsigned char)entry[i])
        i++;
    return entry[i] == '\0' || (entry[i] == '=' && i == n);
}

unsigned word_groups(const uint32_t *word, size_t n)
{
    uint32_t letter = word[0] - 'a';
    unsigned found = 0;

    if (n < 2 || letter >= LETTERS)
        return 0;
    pthread_once(&ready.once, order_words);
    for (size_t i = letter ? ready.ends[letter - 1] : 0; i < ready.ends[letter]; i++) {
        if (begins(word, n, ready.list[i].word))
            found |= 1U << ready.list[i].group;
    }
    return found;
}
