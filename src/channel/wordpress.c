/* wordpress.c - comments on a WordPress site, over its own interface (REST, wp/v2).
 *
 * We are a user of that site with an application password, which its owner can revoke
 * there at any time. A reply carries its key in the field that WordPress keeps for the
 * visitor's browser (author_user_agent): so it can be found again, word for word the same
 * replies can be told apart, and WordPress itself refuses a second copy (409). What such
 * a copy means is settled by reading back, here as after any doubt.
 */
#include "channel/wordpress.h"

#include "base/strbuf.h"

enum { FIND_PER_PAGE = 100, FIND_PAGES = 3, MAX_DAYS = 3650 };

static const char *const capabilities[] = { "public",  "edits", "removals", "read_back",
                                            "polling", "hide",  "spam",     NULL };

static const struct setting settings[] = {
    { "url", SETTING_URL, "Address of the site",
      "As people open it: https://example.org or https://example.org/blog.",
      .required = true },
    { "user", SETTING_TEXT, "User name",
      "Of an editor or administrator of the site; replies appear under this user's name.",
      .required = true },
    { "application_password", SETTING_TEXT, "Application password",
      "Made in WordPress under Users, Profile, Application Passwords. It can be revoked "
      "there at any time and is no password to log in with.",
      .required = true, .secret = true },
    { "look_back_days", SETTING_INT, "Days to look back",
      "How old comments may be that are read at first, and looked at again for changes.",
      .min = 1, .max = MAX_DAYS, .fallback = 14 },
    { NULL },
};

/* What HTML would take for markup; line breaks WordPress makes itself. */
static struct str escape(struct op *op, struct str text)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&':
            strbuf_add(&out, STR("&amp;"));
            break;
        case '<':
            strbuf_add(&out, STR("&lt;"));
            break;
        case '>':
            strbuf_add(&out, STR("&gt;"));
            break;
        default:
            strbuf_char(&out, text.p[i]);
        }
    }
    return strbuf_str(&out);
}

static struct str mark_of(struct op *op, const struct outbound *out)
{
    return arena_fmt(op->arena, WORDPRESS_MARK STR_FMT, STR_ARG(out->key));
}

static int64_t id_of(struct str text)
{
    int64_t id;

    return str_to_i64(text, &id) && id > 0 ? id : 0;
}

static int wordpress_preview(struct op *op UNUSED, const struct connection *connection,
                             const struct outbound *out, struct str handle UNUSED,
                             struct reply_look *ret)
{
    ret->from = json_text(connection->settings, "user");
    ret->body = out->body;
    return 0;
}

static int wordpress_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "post", id_of(out->thread_external_id));
    json_put_int(&w, "parent", id_of(out->parent_external_id));
    json_put_text(&w, "content", escape(op, out->body));
    json_put_text(&w, "author_user_agent", mark_of(op, out));
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

/* One page of what stands under the post, newest first, searched for our mark. */
static int look_at_page(struct op *op, const struct connection *connection,
                        const struct outbound *out, int64_t page, struct receipt *ret,
                        bool *ret_more)
{
    struct wordpress_question question = { .path = STR("comments") };
    struct str mark = mark_of(op, out);
    struct wordpress_answer answer;
    struct json *ours;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    question.query = arena_fmt(
        op->arena,
        "&context=edit&status=any&order=desc&orderby=date_gmt&post=%lld&per_page=%d"
        "&page=%lld&_fields=id,author_user_agent",
        (long long)json_int(ours, "post", 0), FIND_PER_PAGE, (long long)page);
    r = wordpress_ask(op, connection, &question, &answer, ret);
    if (r < 0)
        return r;
    if (r || answer.status != 200 || !answer.json)
        return FIND_CANNOT_TELL;
    if (answer.json->type != JSON_ARRAY) {
        ret->reason = STR("the site's list of comments cannot be read");
        return FIND_CANNOT_TELL;
    }
    for (size_t i = 0; i < answer.json->count; i++) {
        const struct json *comment = &answer.json->items[i];

        if (!str_eq(json_text(comment, "author_user_agent"), mark))
            continue;
        if (!ret->copies++)
            ret->external_id =
                arena_fmt(op->arena, "%lld", (long long)json_int(comment, "id", 0));
    }
    *ret_more = answer.json->count == FIND_PER_PAGE;
    return 0;
}

static int wordpress_find(struct op *op, const struct connection *connection,
                          const struct outbound *out, struct receipt *ret)
{
    bool more = true;

    for (int64_t page = 1; more && page <= FIND_PAGES; page++) {
        int r = look_at_page(op, connection, out, page, ret, &more);

        if (r)
            return r;
    }
    if (ret->copies)
        return 0;
    if (more) {
        ret->reason = STR("the post has more comments than were looked through");
        return FIND_CANNOT_TELL;
    }
    ret->reason = STR("the site does not show it");
    return FIND_ABSENT;
}

/* WordPress has these words under this comment already. Is that the same reply? */
static int settle_duplicate(struct op *op, const struct connection *connection,
                            const struct outbound *out, struct receipt *ret)
{
    struct receipt found = { .reason = STR("") };
    int r = wordpress_find(op, connection, out, &found);

    if (r < 0)
        return r;
    if (r == 0)
        ret->external_id = found.external_id;
    return r == 0 ? 0 : r == FIND_ABSENT ? SEND_REFUSED : SEND_DOUBT;
}

/* 401 and 403 come before anything is done, but may be mended: not refused for good, so
 * that what people wrote waits until the application password counts again. */
static int judge(const struct wordpress_answer *answer)
{
    int status = answer->status;

    if (str_is(answer->code, "rest_comment_closed"))
        return SEND_REFUSED;
    if (status == 401 || status == 403 || status == 429)
        return SEND_LATER;
    return status >= 500 || status == 408 ? SEND_DOUBT : SEND_REFUSED;
}

static int wordpress_send(struct op *op, const struct connection *connection,
                          const struct outbound *out, struct receipt *ret)
{
    const struct wordpress_question question = { STR("comments"), STR(""), out->bytes };
    struct wordpress_answer answer;
    int r = wordpress_ask(op, connection, &question, &answer, ret);

    if (r < 0)
        return r;
    if (r == WORDPRESS_REFUSED)
        return connection->credential.text.n ? SEND_REFUSED : SEND_LATER;
    if (r)
        return r == WORDPRESS_NOT_SENT ? SEND_LATER : SEND_DOUBT;
    if (answer.status == 409 && str_is(answer.code, "comment_duplicate"))
        return settle_duplicate(op, connection, out, ret);
    if (answer.status / 100 != 2)
        return judge(&answer);
    if (answer.json && !json_int(answer.json, "id", 0))
        ret->reason = STR("the site took the reply and does not say under which number");
    if (!json_int(answer.json, "id", 0))
        return SEND_DOUBT;
    ret->external_id =
        arena_fmt(op->arena, "%lld", (long long)json_int(answer.json, "id", 0));
    return 0;
}

static int wordpress_look(struct op *op, const struct connection *connection,
                          struct str external_id, struct receipt *ret)
{
    struct wordpress_question question = { .query = STR("&context=edit&_fields=status") };
    struct wordpress_answer answer;
    int r;

    question.path = arena_fmt(op->arena, "comments/%lld", (long long)id_of(external_id));
    r = wordpress_ask(op, connection, &question, &answer, ret);
    if (r)
        return r < 0 ? r : LOOK_CANNOT_TELL;
    if (answer.status == 404 && str_is(answer.code, "rest_comment_invalid_id"))
        return LOOK_GONE;
    if (answer.status != 200 || !answer.json)
        return LOOK_CANNOT_TELL;
    return str_is(json_text(answer.json, "status"), "trash") ? LOOK_GONE : 0;
}

/* WordPress fails to set what is set already (500), so it is asked first. */
static int wordpress_moderate(struct op *op, const struct connection *connection,
                              struct str external_id, struct str standing,
                              struct receipt *ret)
{
    struct str wanted = str_is(standing, "shown")  ? STR("approved")
                        : str_is(standing, "held") ? STR("hold")
                                                   : standing;
    struct wordpress_question question = { .query = STR("&context=edit&_fields=status") };
    struct wordpress_answer answer;

    question.path = arena_fmt(op->arena, "comments/%lld", (long long)id_of(external_id));
    for (int turn = 0; turn < 2; turn++) {
        int r = wordpress_ask(op, connection, &question, &answer, ret);

        if (r)
            return r < 0 ? r : r == WORDPRESS_REFUSED ? SEND_REFUSED : SEND_LATER;
        if (answer.status / 100 != 2)
            return judge(&answer);
        if (str_eq(json_text(answer.json, "status"), wanted))
            return 0;
        question.json =
            arena_fmt(op->arena, "{\"status\":\"" STR_FMT "\"}", STR_ARG(wanted));
    }
    ret->reason = STR("the site did not do what it was asked");
    return SEND_LATER;
}

static int64_t wordpress_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return SECONDS(60); /* PHP ends a request after 30 s by default */
}

static bool may(const struct json *user, const char *capability)
{
    return json_bool(json_get(user, "capabilities"), capability);
}

static int wordpress_verify(struct op *op, const struct connection *connection,
                            struct receipt *ret)
{
    const struct wordpress_question who = {
        STR("users/me"), STR("&context=edit&_fields=name,capabilities"), STR("")
    };
    const struct wordpress_question list = {
        STR("comments"), STR("&context=edit&status=any&per_page=1&_fields=id"), STR("")
    };
    struct wordpress_answer answer, comments;
    int r = wordpress_ask(op, connection, &who, &answer, ret);

    if (r < 0)
        return r;
    if (r || answer.status != 200 || !answer.json)
        return VERIFY_FAILED;
    if (!may(answer.json, "moderate_comments")) {
        ret->trouble = "rights";
        ret->reason = STR("this user of WordPress may not moderate comments: give it the "
                          "role of an editor");
        return VERIFY_FAILED;
    }
    r = wordpress_ask(op, connection, &list, &comments, ret);
    if (r < 0)
        return r;
    if (r || comments.status != 200 || !comments.json)
        return VERIFY_FAILED;
    ret->reason = arena_fmt(op->arena,
                            "WordPress answers: " STR_FMT " can read and answer " STR_FMT
                            " comments",
                            STR_ARG(json_text(answer.json, "name")),
                            STR_ARG(http_field(&comments.reply.headers, "x-wp-total")));
    return 0;
}

const struct connector connector_wordpress = {
    .network = "wordpress",
    .name = "WordPress",
    .capabilities = capabilities,
    .settings = settings,
    .credential = "application_password",
    .delivery = DELIVERY_MARKED,
    .shows_late = true,
    .poll_ms = MINUTES(1),
    .verify = wordpress_verify,
    .parse = wordpress_parse,
    .compose = wordpress_compose,
    .preview = wordpress_preview,
    .send = wordpress_send,
    .find = wordpress_find,
    .quiet_ms = wordpress_quiet_ms,
    .poll = wordpress_poll,
    .look = wordpress_look,
    .moderate = wordpress_moderate,
};
