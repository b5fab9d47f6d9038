/* api_word_list.c - the workspace's words: topics, intents, thanks, names, numbers. */
#include "api/api_show.h"

#include "admin/word_list.h"
#include "base/ids.h"
#include "dialogue/findings.h"
#include "text/lists.h"
#include "work/understand.h"

static void put_list(struct json_writer *w, const struct word_list *list)
{
    struct str rest = list->words;

    json_begin_object(w, NULL);
    json_put_id(w, "id", list->id);
    json_put_text(w, "kind", list->kind);
    json_put_text(w, "value", list->value);
    json_begin_array(w, "words");
    while (rest.n > 0) {
        struct str word = str_cut(rest, '\n', &rest);
        if (word.n > 0)
            json_put_text(w, NULL, word);
    }
    json_end_array(w);
    json_put_time(w, "updated_at", list->updated_at);
    json_end_object(w);
}

static int word_list_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct word_list *list;
    struct page page;
    size_t n;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = word_list_list(op, page.id, page.ask, &list, &n);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; i < n; i++) {
        put_list(&w, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* One a line; a word with a line end in it would be two. */
static int join(struct op *op, const struct json *list, struct str *ret)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < list->count; i++) {
        struct str word = str_trim(list->items[i].text);
        if (str_find(word, STR("\n")) >= 0)
            return op_fail_field_as(op, "words", "several_lines",
                                    "has a member of several lines");
        if (word.n == 0)
            continue;
        strbuf_add(&out, word);
        strbuf_char(&out, '\n');
    }
    *ret = strbuf_str(&out);
    return 0;
}

static int answer(struct op *op, int status, const struct word_list *list,
                  struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    put_list(&w, list);
    return api_answer(ret, status, &w);
}

static int word_list_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct word_list list = { .kind = api_text(call, "kind"),
                              .value = api_text(call, "value") };
    int r = join(op, json_get(call->body, "words"), &list.words);

    if (r == 0)
        r = word_list_add(op, &list);
    return r < 0 ? r : answer(op, 201, &list, ret);
}

static int word_list_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct word_list old, now;
    int r = word_list_get(op, call->id, &old);

    if (r == WORD_LIST_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no word list %lld",
                       (long long)call->id);
    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "value"))
        now.value = str_trim(api_text(call, "value"));
    if (api_has(call, "words"))
        r = join(op, json_get(call->body, "words"), &now.words);
    if (r == 0)
        r = word_list_update(op, &old, &now);
    if (r == 0)
        r = word_list_get(op, call->id, &now);
    return r < 0 ? r : answer(op, 200, &now, ret);
}

/* What the lists would make of a text: nothing is stored. */
static int word_list_try(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct incoming in = { .body = api_text(call, "text") };
    struct show s = show_begin(op, &w);
    struct understanding *words;
    struct found *list;
    size_t count;
    int r = understanding_load(op, &words);

    if (r < 0)
        return r;
    understand(op, words, &in);
    count = findings_unpack(op->arena, in.findings, &list);
    json_begin_object(&w, NULL);
    json_put_text(&w, "intent", in.intent);
    json_put_text(&w, "topic", in.topic);
    json_put_bool(&w, "thanks", in.is_thanks);
    json_put_bool(&w, "opt_out", in.is_opt_out);
    r = show_found(&s, in.body, list, count);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

/* What holds where the workspace has no list of its own. */
static int word_list_defaults(struct op *op, struct api_call *call,
                              struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    size_t count;
    const struct text_list *lists = text_default_lists(&count);

    (void)call;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < count; i++) {
        struct str rest = lists[i].words;

        json_begin_object(&w, NULL);
        json_put_text(&w, "kind", lists[i].kind);
        json_put_text(&w, "value", lists[i].value);
        json_begin_array(&w, "words");
        while (rest.n > 0) {
            struct str line = str_cut(rest, '\n', &rest);

            while (line.n > 0)
                json_put_text(&w, NULL, str_trim(str_cut(line, '|', &line)));
        }
        json_end_array(&w);
        json_end_object(&w);
    }
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field create_fields[] = {
    { "kind", API_CHOICE, .required = true,
      .choices = "topic|intent|competitor|thanks|opt_out|order_number" },
    { "value", API_TEXT,
      .help = "The topic's, intent's or competitor's name; empty for the others." },
    { "words", API_LIST_TEXT, .required = true, .max = WORD_LIST_MAX_WORDS,
      .help = "Spellings; of order numbers at most 20 patterns of 4 to 40 signs, as "
              "AB-00000: 0 is a digit, A a letter." },
    { NULL },
};
static const struct api_field change_fields[] = {
    { "value", API_TEXT },
    { "words", API_LIST_TEXT, .max = WORD_LIST_MAX_WORDS },
    { NULL },
};

static const struct api_field try_fields[] = {
    { "text", API_TEXT, .required = true, .min = 1, .max = 5000 },
    { NULL },
};

const struct api_route api_word_list_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/word-lists",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the word lists.",
        .handle = word_list_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/word-lists",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .creates = true,
        .summary = "Add a word list.",
        .fields = create_fields,
        .handle = word_list_create,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/word-lists/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "Change the words of a list.",
        .fields = change_fields,
        .handle = word_list_change,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/word-lists/try",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "What the lists would make of a text.",
        .fields = try_fields,
        .handle = word_list_try,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/word-lists/defaults",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "The lists that hold where the workspace has none.",
        .handle = word_list_defaults,
    },
    { NULL },
};
