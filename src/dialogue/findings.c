/* findings.c - findings as they are stored, judged and summed up. */
#include "dialogue/findings.h"

#include "base/strbuf.h"
#include "text/quote.h"

static void pack_spans(struct strbuf *out, const struct finding *one, size_t offset)
{
    if (one->span_count == 0)
        strbuf_char(out, '-');
    for (size_t i = 0; i < one->span_count; i++)
        strbuf_fmt(out, "%s%zu-%zu", i ? "," : "", offset + one->spans[i].from,
                   offset + one->spans[i].to);
}

struct str findings_pack(struct arena *arena, const struct findings *findings,
                         size_t offset)
{
    static const char sources[] = { FOUND_BY_MODEL, FOUND_BY_LIST, FOUND_BY_RULE };
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *one = &findings->list[i];

        if (str_find(one->value, STR("\n")) >= 0)
            continue;
        strbuf_fmt(&out, "%s %c %d%s ", finding_kind_name(one->kind),
                   sources[one->source], (int)(one->probability * 1000 + 0.5F),
                   one->unsure ? "?" : "");
        pack_spans(&out, one, offset);
        strbuf_fmt(&out, " " STR_FMT "\n", STR_ARG(one->value));
    }
    return strbuf_str(&out);
}

static bool unpack_spans(struct str text, struct found *ret)
{
    if (str_is(text, "-"))
        return true;
    while (text.n > 0 && ret->span_count < FINDING_MAX_SPANS) {
        struct str one = str_cut(text, ',', &text), to;
        uint64_t a, b;

        if (!str_to_u64(str_cut(one, '-', &to), &a) || !str_to_u64(to, &b) || a >= b ||
            b > MESSAGE_MAX_BODY)
            return false;
        ret->spans[ret->span_count++] = (struct finding_span){ (uint32_t)a, (uint32_t)b };
    }
    return true;
}

static bool unpack_line(struct str line, struct found *ret)
{
    struct str kind = str_cut(line, ' ', &line), source = str_cut(line, ' ', &line),
               chance = str_cut(line, ' ', &line), spans = str_cut(line, ' ', &line);
    uint64_t permille;

    *ret = (struct found){ .value = line };
    if (finding_kind_parse(kind, &ret->kind) != 0 || source.n != 1)
        return false;
    ret->source = (enum found_source)source.p[0];
    ret->unsure = str_ends(chance, STR("?"));
    if (!str_to_u64(str_sub(chance, 0, chance.n - ret->unsure), &permille) ||
        permille > 1000)
        return false;
    ret->permille = (int64_t)permille;
    return unpack_spans(spans, ret);
}

size_t findings_unpack(struct arena *arena, struct str packed, struct found **ret)
{
    struct found *list = arena_new(arena, struct found, FINDING_MAX + 1);
    size_t n = 0;

    while (packed.n > 0 && n < FINDING_MAX)
        n += unpack_line(str_cut(packed, '\n', &packed), &list[n]);
    *ret = list;
    return n;
}

bool findings_is_choice(enum finding_kind kind)
{
    return kind < FINDING_URGENT;
}

/* A person's word for all of its kind; where the finding said the same, the words that
 * carried it stay. */
static size_t judge(struct found *list, size_t count, enum finding_kind kind,
                    const struct verdict *v)
{
    struct found word = { .kind = kind,
                          .source = FOUND_BY_PERSON,
                          .permille = 1000,
                          .value = v->value,
                          .account_id = v->account_id,
                          .judged_at = v->made_at };
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (list[i].kind != kind) {
            list[kept++] = list[i];
            continue;
        }
        if (str_eq(list[i].value, v->value)) {
            memcpy(word.spans, list[i].spans, sizeof(word.spans));
            word.span_count = list[i].span_count;
        }
    }
    if (v->holds && kept < FINDING_MAX)
        list[kept++] = word;
    return kept;
}

int findings_of(struct op *op, const struct message *msg, const struct message_said *said,
                struct found **ret, size_t *ret_count)
{
    struct verdict *verdicts;
    struct found *list;
    size_t count = findings_unpack(op->arena, said->findings, &list), n;
    enum finding_kind kind;
    int r;

    *ret = list;
    *ret_count = count;
    if (!said->judged)
        return 0;
    r = verdict_list(op, msg->id, &verdicts, &n);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        if (finding_kind_parse(verdicts[i].kind, &kind) == 0)
            count = judge(list, count, kind, &verdicts[i]);
    }
    *ret_count = count;
    return 0;
}

struct str findings_text(struct str visibility, struct str body)
{
    struct text_parts parts;

    if (!str_is(visibility, "private"))
        return body;
    parts = text_parts(body);
    return parts.own.n ? parts.own : body;
}

static const struct {
    uint32_t mark;
    enum finding_kind kind;
    const char *value; /* of a choice */
    const char *name;
} marks[] = {
    { MARK_URGENT, FINDING_URGENT, "", "urgent" },
    { MARK_FRUSTRATED, FINDING_FRUSTRATED, "", "frustrated" },
    { MARK_AT_RISK, FINDING_AT_RISK, "", "at_risk" },
    { MARK_DETERRED, FINDING_DETERRED, "", "deterred" },
    { MARK_CALL_BACK, FINDING_CALL_BACK, "", "call_back" },
    { MARK_PRIVATE, FINDING_PRIVATE, "", "private" },
    { MARK_CHASER, FINDING_CHASER, "", "chaser" },
    { MARK_RUDE, FINDING_RUDE, "", "rude" },
    { MARK_INSULT, FINDING_INSULT, "", "insult" },
    { MARK_COMPETITOR, FINDING_COMPETITOR, NULL, "competitor" },
    { MARK_NEGATIVE, FINDING_SENTIMENT, "negative", "negative" },
    { MARK_NEUTRAL, FINDING_SENTIMENT, "neutral", "neutral" },
    { MARK_POSITIVE, FINDING_SENTIMENT, "positive", "positive" },
    { MARK_THIRD, FINDING_TOWARD, "third", "third" },
    { MARK_UNSURE, FINDING_KINDS, NULL, "unsure" },
};
#define OF_NEWEST                                                                        \
    (MARK_NEGATIVE | MARK_NEUTRAL | MARK_POSITIVE | MARK_THIRD | MARK_UNSURE)
#define LASTING (MARK_AT_RISK | MARK_DETERRED | MARK_COMPETITOR)

struct str findings_marks_text(struct arena *arena, uint32_t set)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (set & marks[i].mark)
            strbuf_fmt(&out, "%s%s ", out.n ? "" : " ", marks[i].name);
    }
    return strbuf_str(&out);
}

uint32_t findings_marks_read(struct str text)
{
    uint32_t set = 0;

    while (text.n > 0) {
        struct str one = str_cut(text, ' ', &text);

        for (size_t i = 0; i < COUNT_OF(marks); i++)
            set |= str_is(one, marks[i].name) ? marks[i].mark : 0;
    }
    return set;
}

uint32_t findings_marks_join(uint32_t before, uint32_t message, bool answered)
{
    uint32_t kept = answered ? before & LASTING : before & ~(uint32_t)OF_NEWEST;

    return kept | message;
}

static uint32_t marks_of(const struct found *one)
{
    uint32_t set = 0;

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (one->kind == marks[i].kind &&
            (!marks[i].value || str_is(one->value, marks[i].value)))
            set |= marks[i].mark;
    }
    return set;
}

/* Of a mixed message what most needs an answer. */
static int weight(struct str intent)
{
    static const char *const order[] = { "other",    "spam",  "praise",     "discussion",
                                         "question", "order", "suggestion", "complaint" };

    for (int i = 0; i < (int)COUNT_OF(order); i++) {
        if (str_is(intent, order[i]))
            return i + 1;
    }
    return 0;
}

/* From "question" on somebody wants something of us. */
enum { WEIGHT_PRAISE = 3, WEIGHT_ASKS = 5 };
/* Praise so probable is doubted for its tone alone. */
enum { LEANS_PERMILLE = 600 };

static const char *source_name(enum found_source source)
{
    if (source == FOUND_BY_PERSON)
        return "judged";
    return source == FOUND_BY_MODEL ? "model" : "list";
}

/* That it is nothing for us ("other", "spam") takes a conversation out of the answer
 * quota: for that the model alone is not enough. */
static void sum_intent(struct findings_sum *sum, const struct found *one)
{
    bool needs_us = weight(one->value) >= WEIGHT_PRAISE;

    if ((one->source == FOUND_BY_MODEL && !needs_us) ||
        weight(one->value) <= weight(sum->intent))
        return;
    sum->intent = one->value;
    sum->intent_by = str_of(source_name(one->source));
}

static bool leans_to_praise(const struct found *one)
{
    if (one->kind != FINDING_INTENT || one->source != FOUND_BY_MODEL)
        return false;
    return one->unsure ? str_is(one->value, "praise") && one->permille >= LEANS_PERMILLE
                       : str_is(one->value, "other");
}

/* The topic that is mentioned first. */
static void sum_topic(struct findings_sum *sum, const struct found *one, uint32_t *first)
{
    uint32_t at = one->span_count ? one->spans[0].from : UINT32_MAX - 1;

    if (at >= *first)
        return;
    *first = at;
    sum->topic = one->value;
}

static bool has_kind(const struct found *list, size_t count, enum finding_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == kind)
            return true;
    return false;
}

#define ASKS                                                                             \
    (MARK_URGENT | MARK_FRUSTRATED | MARK_AT_RISK | MARK_CALL_BACK | MARK_PRIVATE |      \
     MARK_CHASER)

struct findings_sum findings_sum(const struct found *list, size_t count)
{
    struct findings_sum sum = { .marks = 0 };
    bool doubted = false, thanks_listed = false;
    uint32_t first_topic = UINT32_MAX;

    for (size_t i = 0; i < count; i++) {
        const struct found *one = &list[i];

        sum.leans_to_praise = sum.leans_to_praise || leans_to_praise(one);
        if (one->unsure) {
            doubted = doubted || one->kind == FINDING_INTENT;
            continue;
        }
        sum.marks |= marks_of(one);
        if (one->kind == FINDING_INTENT)
            sum_intent(&sum, one);
        else if (one->kind == FINDING_TOPIC)
            sum_topic(&sum, one, &first_topic);
        else if (one->kind == FINDING_LANGUAGE)
            sum.language = one->value;
        else if (one->kind == FINDING_THANKS)
            sum.is_thanks = true;
        thanks_listed = thanks_listed ||
                        (one->kind == FINDING_THANKS && one->source == FOUND_BY_LIST);
        /* It locks: only the words themselves, or a person, are proof enough. */
        sum.is_opt_out = sum.is_opt_out ||
                         (one->kind == FINDING_OPT_OUT && one->source != FOUND_BY_MODEL);
    }
    sum.may_chase = has_kind(list, count, FINDING_CHASER);
    if (doubted && !sum.intent.n)
        sum.marks |= MARK_UNSURE;
    sum.asks_us = weight(sum.intent) >= WEIGHT_ASKS || (sum.marks & ASKS);
    sum.leans_to_praise = sum.leans_to_praise && !sum.intent.n && !sum.asks_us;
    sum.is_thanks = thanks_listed || (sum.is_thanks && !sum.asks_us);
    return sum;
}
