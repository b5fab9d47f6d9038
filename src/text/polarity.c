/* polarity.c - words that are good or bad news nearly everywhere; German and English. */
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

static bool begins(const uint32_t *word, size_t n, const char *entry)
{
    size_t i = 0;

    while (i < n && entry[i] && entry[i] != '=' && word[i] == (unsigned char)entry[i])
        i++;
    return entry[i] == '\0' || (entry[i] == '=' && i == n);
}

static bool is_listed(const uint32_t *word, size_t n, const char *const *list,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned char)list[i][0] == word[0] && begins(word, n, list[i]))
            return true;
    }
    return false;
}

int polarity_of(const uint32_t *word, size_t n)
{
    if (n < 2)
        return 0;
    if (is_listed(word, n, bad, COUNT_OF(bad)))
        return -1;
    return is_listed(word, n, good, COUNT_OF(good));
}
