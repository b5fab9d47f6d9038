/* api_correction.c - what people set right at messages, as a file of examples.
 *
 * In the form of corpus/README.md, which `draht evaluate` and `draht train` read. A
 * person judges some of what a message says: of the rest nothing is said ("?").
 */
#include "api/api.h"

#include "base/strbuf.h"
#include "dialogue/findings.h"
#include "net/http.h"
#include "text/correction.h"
#include "text/mask.h"

enum part { INTENTS, SENTIMENT, TOWARD, FLAGS, TOPIC, COLUMNS };

/* Of one text: what each column says. */
struct example {
    const struct verdict_correction *first;
    struct str words[COLUMNS];
};

static const struct mask_words masked = { STR("[e-mail]"), STR("[account]"),
                                          STR("[number]") };

static enum part column_of(enum finding_kind kind)
{
    if (kind == FINDING_INTENT)
        return INTENTS;
    if (kind == FINDING_SENTIMENT)
        return SENTIMENT;
    if (kind == FINDING_TOPIC)
        return TOPIC;
    return kind == FINDING_TOWARD ? TOWARD : FLAGS;
}

/* A choice that holds says all of its column; a denied one, and each flag, itself. */
static void add_word(struct op *op, struct example *e, enum part column,
                     const struct verdict_correction *one)
{
    struct str name = column == FLAGS ? one->kind : one->value;

    if (column != FLAGS && one->holds)
        e->words[column] = name;
    else if (column == FLAGS)
        e->words[FLAGS] =
            arena_fmt(op->arena, STR_FMT ",%s" STR_FMT, STR_ARG(e->words[FLAGS]),
                      one->holds ? "" : "!", STR_ARG(name));
    else if (column != TOWARD || str_is(name, "third"))
        e->words[column] = arena_fmt(op->arena, "?,!" STR_FMT, STR_ARG(name));
}

/* Whether a later word of a person stands for the same. */
static bool is_overruled(const struct verdict_correction *list, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count && list[i].message_id == list[at].message_id &&
                            list[i].version == list[at].version;
         i++)
        if (str_eq(list[i].kind, list[at].kind))
            return true;
    return false;
}

static void add_escaped(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        const bool is_blank = c == '\t' || c == '\r';

        if (c == '\\')
            strbuf_add(out, STR("\\\\"));
        else if (c == '\n')
            strbuf_add(out, STR("\\n"));
        else
            strbuf_add(out, is_blank ? STR(" ") : str_sub(text, i, 1));
    }
}

static void put_row(struct op *op, struct strbuf *out, const struct example *e, bool mask)
{
    struct str text = str_trim(findings_text(e->first->visibility, e->first->body));

    if (mask)
        text = mask_private(op->arena, text, &masked);
    if (text.n == 0)
        return;
    strbuf_fmt(out, "%lld.%lld", (long long)e->first->message_id,
               (long long)e->first->version);
    for (size_t c = 0; c < COLUMNS; c++)
        strbuf_fmt(out, "\t" STR_FMT, STR_ARG(e->words[c]));
    strbuf_char(out, '\t');
    add_escaped(out, text);
    strbuf_char(out, '\n');
}

static struct str table_of(struct op *op, const struct verdict_correction *list,
                           size_t count, bool mask)
{
    struct strbuf out = STRBUF(op->arena);
    struct example e = { .first = NULL };
    enum finding_kind kind;

    strbuf_add(&out, STR("id\tintents\tsentiment\ttoward\tflags\ttopic\ttext\n"));
    for (size_t i = 0; i < count; i++) {
        if (!e.first || e.first->message_id != list[i].message_id ||
            e.first->version != list[i].version) {
            if (e.first)
                put_row(op, &out, &e, mask);
            e = (struct example){ &list[i],
                                  { STR("?"), STR("?"), STR("?"), STR("?"), STR("?") } };
        }
        if (finding_kind_parse(list[i].kind, &kind) == 0 && !is_overruled(list, count, i))
            add_word(op, &e, column_of(kind), &list[i]);
    }
    if (e.first)
        put_row(op, &out, &e, mask);
    return strbuf_str(&out);
}

static int corrections_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    bool mask = !str_is(api_query(op, call, "personal"), "kept");
    struct verdict_correction *list;
    size_t count;
    int r = verdict_corrections(op, CORRECTION_MAX_EXAMPLES, &list, &count);

    if (r < 0)
        return r;
    ret->status = 200;
    ret->content_type = "text/tab-separated-values; charset=utf-8";
    http_add(op->arena, &ret->headers, STR("Content-Disposition"),
             STR("attachment; filename=\"corrections.tsv\""));
    ret->body = table_of(op, list, count, mask);
    return 0;
}

static const struct api_field corrections_query[] = {
    { .name = "personal",
      .type = API_CHOICE,
      .choices = "masked|kept",
      .help = "addresses, accounts and long numbers; masked unless kept is asked for" },
    { NULL },
};

const struct api_route api_correction_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/findings/corrections.tsv",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "What people set right, as examples for draht evaluate and train.",
        .produces = "text/tab-separated-values",
        .query = corrections_query,
        .handle = corrections_show,
    },
    { NULL },
};
