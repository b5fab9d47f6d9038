/* polarity.c - words that are good or bad news nearly everywhere, and words that go
 * together; German and English. */
#include "text/features.h"

/* Folded beginnings, in alphabetical order; "=" at the end: the word is whole. */
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
    [WORD_ABUSIVE] = { abusive, COUNT_OF(abusive) },
    [WORD_REPEATED] = { repeated, COUNT_OF(repeated) },
    [WORD_WEARY] = { weary, COUNT_OF(weary) },
    [WORD_LEAVING] = { leaving, COUNT_OF(leaving) },
    [WORD_OTHERS] = { others, COUNT_OF(others) },
};

static bool begins(const uint32_t *word, size_t n, const char *entry)
{
    size_t i = 0;

    while (i < n && entry[i] && entry[i] != '=' && word[i] == (unsigned char)entry[i])
        i++;
    return entry[i] == '\0' || (entry[i] == '=' && i == n);
}

/* The lists are ordered by their first letters at least. */
static size_t first_with(uint32_t letter, const char *const *list, size_t count)
{
    size_t from = 0;

    while (from < count) {
        size_t middle = from + (count - from) / 2;

        if ((unsigned char)list[middle][0] < letter)
            from = middle + 1;
        else
            count = middle;
    }
    return from;
}

static bool is_listed(const uint32_t *word, size_t n, const char *const *list,
                      size_t count)
{
    for (size_t i = first_with(word[0], list, count); i < count; i++) {
        if ((unsigned char)list[i][0] != word[0])
            return false;
        if (begins(word, n, list[i]))
            return true;
    }
    return false;
}

bool word_is_of(enum word_group group, const uint32_t *word, size_t n)
{
    return n > 1 && is_listed(word, n, groups[group].words, groups[group].count);
}

int polarity_of(const uint32_t *word, size_t n)
{
    if (n < 2)
        return 0;
    if (is_listed(word, n, bad, COUNT_OF(bad)))
        return -1;
    return is_listed(word, n, good, COUNT_OF(good));
}
