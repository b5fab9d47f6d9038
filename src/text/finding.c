/* finding.c - what the sources say of one message, put together. */
#include "text/finding.h"

#include "text/finding_parts.h"
#include "text/model.h"
#include "text/personal.h"
#include "text/trained.h"

static const char *const kind_names[FINDING_KINDS] = {
    "language",   "intent",        "sentiment", "toward",     "topic",
    "competitor", "personal_data", "urgent",    "frustrated", "rude",
    "insult",     "at_risk",       "deterred",  "opt_out",    "call_back",
    "chaser",     "private",       "thanks",    "irony",
};

struct str finding_model(void)
{
    return model_shipped()->version;
}

const char *finding_kind_name(enum finding_kind kind)
{
    return kind_names[kind];
}

int finding_kind_parse(struct str name, enum finding_kind *ret)
{
    for (int k = 0; k < FINDING_KINDS; k++) {
        if (str_is(name, kind_names[k])) {
            *ret = (enum finding_kind)k;
            return 0;
        }
    }
    return FINDING_NO_KIND;
}

const struct finding *finding_first(const struct findings *findings,
                                    enum finding_kind kind)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->list[i].kind == kind && !findings->list[i].unsure)
            return &findings->list[i];
    }
    return NULL;
}

struct finding *finding_add(struct finding_parts *parts, enum finding_kind kind,
                            enum finding_source source, struct str value)
{
    struct finding *one;

    if (parts->out.count == FINDING_MAX)
        return NULL;
    one = &parts->out.list[parts->out.count++];
    *one = (struct finding){
        .kind = kind, .source = source, .value = value, .probability = 1
    };
    return one;
}

bool finding_has(const struct finding_parts *parts, enum finding_kind kind)
{
    for (size_t i = 0; i < parts->out.count; i++) {
        if (parts->out.list[i].kind == kind)
            return true;
    }
    return false;
}

static void add_span(struct finding *one, size_t from, size_t to)
{
    if (one && one->span_count < FINDING_MAX_SPANS && from < to)
        one->spans[one->span_count++] =
            (struct finding_span){ (uint32_t)from, (uint32_t)to };
}

static void find_personal(struct finding_parts *parts)
{
    struct personal list[PERSONAL_MAX];
    const struct text_lists *lists = parts->setting->lists;
    struct str orders = lists ? text_lists_words(lists, TEXT_ORDER_NUMBER, "") : STR("");
    size_t n = text_personal(parts->text, orders, list);

    for (size_t i = 0; i < n; i++)
        add_span(finding_add(parts, FINDING_PERSONAL_DATA, FINDING_BY_RULE,
                             str_of(personal_kind_name(list[i].kind))),
                 list[i].from, list[i].to);
}

/* In the order of the kinds; what was found first stays first. */
static void sort_kinds(struct findings *f)
{
    for (size_t i = 1; i < f->count; i++) {
        struct finding one = f->list[i];
        size_t k = i;

        for (; k > 0 && f->list[k - 1].kind > one.kind; k--)
            f->list[k] = f->list[k - 1];
        f->list[k] = one;
    }
}

/* As much as is read, ending with a whole character. */
static struct str beginning(struct str text)
{
    size_t n = text.n;

    if (n > FINDING_MAX_BYTES) {
        n = FINDING_MAX_BYTES;
        while (n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80)
            n--;
    }
    return str_sub(text, 0, n);
}

static struct str version_of(struct arena *arena, const struct finding_setting *setting)
{
    if (!setting->own)
        return finding_model();
    return arena_fmt(arena, STR_FMT "+" STR_FMT, STR_ARG(finding_model()),
                     STR_ARG(setting->own->version));
}

struct findings text_findings(struct arena *arena, struct str text,
                              const struct finding_setting *setting)
{
    struct finding_parts parts = { .arena = arena, .setting = setting };

    parts.text = beginning(text);
    parts.out.list = arena_new(arena, struct finding, FINDING_MAX);
    parts.out.model = version_of(arena, setting);
    parts.out.fingerprint = text_fingerprint(arena, parts.text);
    find_personal(&parts);
    finding_by_lists(&parts);
    finding_by_model(&parts);
    sort_kinds(&parts.out);
    return parts.out;
}
