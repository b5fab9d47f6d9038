/* finding.h - what one message says: everything that text/ can tell of it, in one call.
 *
 * Pure: the same text, setting and model give the same findings. What is not found is
 * absent; what is doubtful is there as "unsure", with the best guess, for a person to
 * decide. Every finding carries the bytes of the text that speak for it. The message is
 * judged, never its writer.
 *
 * Where a list of the workspace and the model speak of the same thing, there is one
 * finding: the list's, since people made it.
 */
#ifndef TEXT_FINDING_H
#define TEXT_FINDING_H

#include "text/fingerprint.h"
#include "text/lists.h"

enum {
    FINDING_MAX = 64,         /* findings of one text; what is beyond is left out */
    FINDING_MAX_SPANS = 4,    /* of one finding */
    FINDING_MAX_BYTES = 4000, /* of a text that are read for the findings */
};

enum finding_kind {
    FINDING_LANGUAGE,  /* value "de", "en", "fr", ...; absent: unknown */
    FINDING_INTENT,    /* "praise", "question", "complaint", "suggestion",
                          "discussion", "order", "spam", "other"; several may hold */
    FINDING_SENTIMENT, /* "negative", "neutral", "positive" */
    FINDING_TOWARD,    /* whom the sentiment is about: "us", "third"; neutral: absent */
    FINDING_TOPIC,     /* a topic of the lists, or one that was learned: its name; several
                          may hold */
    FINDING_COMPETITOR,    /* a name of the lists, or empty: some competitor */
    FINDING_PERSONAL_DATA, /* "email", "phone", "iban", "card", "order"; one each place */
    /* From here the value is empty: it holds, or it is unsure. */
    FINDING_URGENT,     /* some hours would do harm */
    FINDING_FRUSTRATED, /* patience is used up */
    FINDING_RUDE,       /* disrespect, and a matter to answer */
    FINDING_INSULT,     /* disrespect and nothing else */
    FINDING_AT_RISK,    /* a customer who says that they leave */
    FINDING_DETERRED,   /* says that they will not become one */
    FINDING_OPT_OUT,    /* wants no more messages */
    FINDING_CALL_BACK,  /* wants to be telephoned */
    FINDING_CHASER,     /* points to an earlier message that waits */
    FINDING_PRIVATE,    /* wants to leave the public place, or asks for a way to */
    FINDING_THANKS,     /* probably closes the matter */
    FINDING_IRONY,      /* the words may say the opposite of what is meant */
    FINDING_KINDS
};

enum finding_source {
    FINDING_BY_MODEL, /* learned from examples */
    FINDING_BY_LIST,  /* a spelling of a list stands there */
    FINDING_BY_RULE,  /* form and checksum */
};

/* Bytes from `from` up to, without, `to`; both on the edge of a character. */
struct finding_span {
    uint32_t from, to;
};

struct finding {
    enum finding_kind kind;
    enum finding_source source;
    bool unsure;       /* `value` is the best guess then */
    float probability; /* that it holds: 0 to 1; 1 by list and by rule */
    struct str value;
    struct finding_span spans[FINDING_MAX_SPANS]; /* in the order of the text */
    size_t span_count;                            /* 0: the whole of the text says it */
};

/* What the caller knows. All zero: nothing. */
struct finding_setting {
    const struct text_lists *lists;   /* NULL: the defaults */
    const struct trained *own;        /* of this workspace; NULL: none */
    const struct correction *learned; /* from its newer corrections; NULL: none */
    const struct topics *topics;      /* from its examples; NULL: none */
};

struct findings {
    struct finding *list; /* in the order of the kinds; in the arena */
    size_t count;
    struct str model; /* the shipped one's version, and "+" the workspace's own: a new
                         one finds otherwise */
    struct fingerprint fingerprint;
};

/* Whatever the bytes are. Memory of the arena alone, besides what text/lists keeps once
 * for the program. */
struct findings text_findings(struct arena *arena, struct str text,
                              const struct finding_setting *setting);

/* The version of the model that this program carries. */
struct str finding_model(void);

/* "language", "intent", ..., "call_back": for storage and for other programs. */
const char *finding_kind_name(enum finding_kind kind);
enum { FINDING_NO_KIND = 1 };
int finding_kind_parse(struct str name, enum finding_kind *ret);

/* The first finding of a kind that is not unsure, or NULL. */
const struct finding *finding_first(const struct findings *findings,
                                    enum finding_kind kind);

#endif
