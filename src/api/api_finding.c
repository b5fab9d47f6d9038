/* api_finding.c - what messages say: as found, judged by people, and how often right. */
#include "api/api_show.h"

#include "dialogue/findings.h"
#include "work/work_train.h"

/* What a person can set right, and the values that it can have. */
static const struct {
    enum finding_kind kind;
    const char *values;
} judged[] = {
    { FINDING_INTENT,
      "praise|question|complaint|suggestion|discussion|order|spam|other" },
    { FINDING_SENTIMENT, "negative|neutral|positive" },
    { FINDING_TOWARD, "us|third" },
};

/* Units of UTF-16, as browsers count: a character beyond the first plane is two. */
static int64_t units(struct str text, size_t until)
{
    int64_t n = 0;

    for (size_t i = 0; i < until && i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        n += ((c & 0xC0) != 0x80) + (c >= 0xF0);
    }
    return n;
}

static const char *source_word(enum found_source source)
{
    switch (source) {
    case FOUND_BY_PERSON:
        return "person";
    case FOUND_BY_LIST:
        return "list";
    case FOUND_BY_RULE:
        return "rule";
    default:
        return "model";
    }
}

static int put_found(struct show *s, struct str body, const struct found *one)
{
    struct json_writer *w = s->w;
    int r;

    json_begin_object(w, NULL);
    json_put_c(w, "kind", finding_kind_name(one->kind));
    json_put_text(w, "value", one->value);
    json_put_c(w, "source", source_word(one->source));
    json_put_bool(w, "unsure", one->unsure);
    json_put_int(w, "permille", one->permille);
    json_begin_array(w, "spans");
    for (size_t i = 0; i < one->span_count; i++) {
        json_begin_object(w, NULL);
        json_put_int(w, "from", units(body, one->spans[i].from));
        json_put_int(w, "to", units(body, one->spans[i].to));
        json_end_object(w);
    }
    json_end_array(w);
    r = show_account(s, "by", one->account_id);
    json_put_time(w, "judged_at", one->judged_at);
    json_end_object(w);
    return r;
}

int show_found(struct show *s, struct str body, const struct found *list, size_t count)
{
    int r = 0;

    json_begin_array(s->w, "findings");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = put_found(s, body, &list[i]);
    json_end_array(s->w);
    return r;
}

int show_findings(struct show *s, const struct message *msg,
                  const struct message_said *said)
{
    struct found *list;
    size_t count;
    int r = findings_of(s->op, msg, said, &list, &count);

    if (r < 0)
        return r;
    json_put_text(s->w, "model", said->model);
    return show_found(s, said->body, list, count);
}

static bool is_one_of(struct str value, const char *values)
{
    struct str rest = str_of(values);

    while (rest.n > 0) {
        if (str_eq(str_cut(rest, '|', &rest), value))
            return true;
    }
    return false;
}

static int check_value(struct op *op, enum finding_kind kind, struct str value)
{
    if (!findings_is_choice(kind))
        return value.n ? op_fail_field_as(op, "value", "unknown", "is a yes or no") : 0;
    for (size_t i = 0; i < COUNT_OF(judged); i++) {
        if (judged[i].kind == kind && is_one_of(value, judged[i].values))
            return 0;
    }
    return op_fail_field_as(op, "value", "unknown", "is none that a person can set");
}

/* What the program says of this kind, whatever people said since. */
static void compare(struct op *op, const struct message_said *said,
                    enum finding_kind kind, struct verdict *v)
{
    struct found *list;
    size_t count = findings_unpack(op->arena, said->findings, &list);

    v->model = said->model;
    for (size_t i = 0; i < count; i++) {
        bool same = list[i].kind == kind && str_eq(list[i].value, v->value);

        if (list[i].kind != kind || (v->was_found && !same))
            continue;
        v->was_found = 1;
        v->found_value = list[i].value;
        v->was_unsure = list[i].unsure;
        v->was_right = same && v->holds;
    }
    if (!v->was_found)
        v->was_right = !v->holds;
}

static int answer_message(struct op *op, const struct message *msg,
                          struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    int r = show_message(&s, NULL, msg);

    return r < 0 ? r : api_answer(ret, 200, &w);
}

/* Its conversation follows. */
static int answer_judged(struct op *op, const struct message *msg,
                         struct http_answer *ret)
{
    int r = msg->conversation_id ? desk_sort_again(op, msg->conversation_id) : 0;

    return r < 0 ? r : answer_message(op, msg, ret);
}

static int finding_judge(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct verdict verdict = { .account_id = call->who.account_id,
                               .kind = api_text(call, "kind"),
                               .value = api_text(call, "value"),
                               .holds = api_bool(call, "holds", true) };
    enum finding_kind kind = FINDING_KINDS;
    struct message_said said;
    struct message msg;
    int r = need_writable_message(op, call, call->id, &msg);

    if (r < 0)
        return r;
    if (str_is(msg.direction, "out"))
        return op_fail_as(op, ERR_CONFLICT, "own_message", "this message is our own");
    if (finding_kind_parse(verdict.kind, &kind) != 0)
        return op_fail_field_as(op, "kind", "unknown", "is none that is found");
    r = check_value(op, kind, verdict.value);
    if (r >= 0)
        r = message_read(op, msg.id, msg.version, &said);
    if (r < 0)
        return r;
    compare(op, &said, kind, &verdict);
    r = verdict_add(op, &msg, &verdict);
    if (r >= 0)
        r = training_plan(op);
    return r < 0 ? r : answer_judged(op, &msg, ret);
}

static int finding_unjudge(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct message msg;
    int r = need_writable_message(op, call, call->id, &msg);

    if (r >= 0)
        r = verdict_take_back(op, &msg, call->name);
    if (r == VERDICT_NONE)
        return op_fail(op, ERR_NOT_FOUND, "nobody said anything of this");
    if (r >= 0)
        r = training_plan(op);
    return r < 0 ? r : answer_judged(op, &msg, ret);
}

static int allow_own(struct op *op, struct api_call *call)
{
    struct message msg;

    return need_writable_message(op, call, call->id, &msg);
}

/* What the workspace's people taught as a whole, and how the last training went. */
static int put_own(struct op *op, struct json_writer *w)
{
    struct own_model own;
    int r = own_model_get(op, &own);

    if (r) {
        json_put_null(w, "own");
        return r < 0 ? r : 0;
    }
    json_begin_object(w, "own");
    json_put_text(w, "version", own.version);
    json_put_time(w, "since_at", own.since_at);
    json_put_int(w, "learned", own.learned);
    json_put_time(w, "tried_at", own.tried_at);
    json_put_text(w, "outcome", own.outcome);
    json_put_int(w, "tried", own.tried_count);
    json_put_int(w, "right_shipped", own.shipped);
    json_put_int(w, "right_at_once", own.at_once);
    json_put_int(w, "right_trained", own.trained);
    json_end_object(w);
    return 0;
}

static int quality_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct verdict_tally *list;
    size_t count;
    int r = verdict_tallies(op, api_query_time(op, call, "from"), &list, &count);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "model", finding_model());
    r = put_own(op, &w);
    if (r < 0)
        return r;
    json_begin_array(&w, "items");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&w, NULL);
        json_put_text(&w, "kind", list[i].kind);
        json_put_text(&w, "value", list[i].value);
        json_put_time(&w, "week_at", list[i].week_at);
        json_put_int(&w, "judged", list[i].count);
        json_put_int(&w, "right", list[i].right);
        json_put_int(&w, "unsure", list[i].unsure);
        json_end_object(&w);
    }
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field judge_fields[] = {
    { .name = "kind",
      .type = API_CHOICE,
      .required = true,
      .choices = "intent|sentiment|toward|urgent|frustrated|rude|insult|at_risk|deterred|"
                 "opt_out|call_back|chaser|private|thanks|irony" },
    { .name = "value",
      .type = API_CHOICE,
      .choices = "|praise|question|complaint|suggestion|discussion|order|spam|other|"
                 "negative|neutral|positive|us|third",
      .help = "Of intent, sentiment and toward: which one; else empty." },
    { .name = "holds",
      .type = API_BOOL,
      .help = "false: it says nothing of the kind, or not this. Usually true." },
    { NULL },
};

static const struct api_field quality_query[] = {
    { .name = "from", .type = API_TIME, .help = "since when people judged" },
    { NULL },
};

const struct api_route api_finding_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/messages/{id}/findings",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Say what a message says: confirm a finding, or set it right.",
        .fields = judge_fields,
        .allow = allow_own,
        .handle = finding_judge,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/messages/{id}/findings/{text:kind}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Take back the newest word of a person on this kind of finding.",
        .allow = allow_own,
        .handle = finding_unjudge,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/findings/quality",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "How often what was found was right, by class and week.",
        .query = quality_query,
        .handle = quality_show,
    },
    { NULL },
};
