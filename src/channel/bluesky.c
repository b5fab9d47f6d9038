/* bluesky.c - an account on Bluesky, or on another server of the AT Protocol: who
 * mentions it or answers it is heard, and answered below what they wrote; who writes to
 * it in private is answered there.
 *
 * We let ourselves in with an app password, which its owner can revoke there at any time.
 * The server keeps the account and passes on what the AppView, which sees everybody's
 * posts, says. The class is A: a record has the key that we chose. Of a chat message it
 * is D: the service takes no name of ours, so text, author and time are all that one of
 * ours is known by when it is read back.
 */
#include "channel/bluesky.h"

enum { MAX_DAYS = 365 };

static const char *const capabilities[] = { "public",    "chats",        "removals",
                                            "reactions", "read_back",    "polling",
                                            "hide",      "mentions",     "metrics",
                                            "files",     "descriptions", NULL };

static const struct setting settings[] = {
    { "url", SETTING_URL, "Address of the server",
      "Where the account is at home: https://bsky.social, or the server of one's own.",
      .required = true },
    { "handle", SETTING_TEXT, "Handle",
      "Of the account, without @: example.bsky.social. Its address of e-mail or its DID "
      "does as well.",
      .required = true },
    { "app_password", SETTING_TEXT, "App password",
      "Made in Bluesky under Settings, Privacy and security, App passwords. It can be "
      "revoked there at any time and is not the account's own password.",
      .required = true, .secret = true },
    { "chat", SETTING_BOOL, "Chat messages",
      "Read and answer chat messages, too. This needs an app password that was made with "
      "access to direct messages." },
    { "look_back_days", SETTING_INT, "Days to look back",
      "How old mentions may be that are read at first, and how long conversations are "
      "looked at again for changes.",
      .min = 1, .max = MAX_DAYS, .fallback = 14 },
    { NULL },
};

static int64_t bluesky_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return SECONDS(60); /* longer than its servers let a request run */
}

static struct length_rule bluesky_length(const struct connection *connection,
                                         bool is_private)
{
    (void)connection;
    if (is_private)
        return (struct length_rule){ .most = BLUESKY_CHAT_MOST,
                                     .unit = LENGTH_GRAPHEMES,
                                     .most_bytes = BLUESKY_CHAT_MOST_BYTES };
    return (struct length_rule){ .most = BLUESKY_MOST,
                                 .unit = LENGTH_GRAPHEMES,
                                 .most_bytes = BLUESKY_MOST_BYTES };
}

/* The password is tried itself, not what it opened before. */
static int bluesky_verify(struct op *op, const struct connection *connection,
                          struct receipt *ret)
{
    static const struct bluesky_question question = {
        .method = STR("app.bsky.notification.listNotifications"), .query = STR("?limit=1")
    };
    struct bluesky_session me;
    const struct json *answer;
    int r;

    bluesky_session_forget(connection);
    r = bluesky_session(op, connection, &me, ret);
    if (r == 0)
        r = bluesky_read(op, connection, &question, &me, &answer, ret);
    if (r)
        return r < 0 ? r : VERIFY_FAILED;
    ret->reason = arena_fmt(op->arena, "the server answers: we are @" STR_FMT " there",
                            STR_ARG(bluesky_clean(op, me.handle, false)));
    return bluesky_chat_verify(op, connection, ret);
}

static int bluesky_preview(struct op *op, const struct connection *connection,
                           const struct outbound *out, struct str handle UNUSED,
                           struct reply_look *ret)
{
    ret->from = arena_fmt(op->arena, "@" STR_FMT,
                          STR_ARG(str_trim(json_text(connection->settings, "handle"))));
    ret->body = out->body;
    return 0;
}

const struct connector connector_bluesky = {
    .network = "bluesky",
    .name = "Bluesky",
    .capabilities = capabilities,
    .settings = settings,
    .credential = "app_password",
    .files = { .most = BLUESKY_PICTURES,
               .most_bytes = BLUESKY_MOST_PICTURE,
               .pictures = true },
    .files_apart = true,
    .delivery = DELIVERY_EXACT,
    .chat_delivery = DELIVERY_ALIKE,
    .poll_ms = MINUTES(1),
    .verify = bluesky_verify,
    .token_life = bluesky_token_life,
    .parse = bluesky_parse,
    .compose = bluesky_compose,
    .preview = bluesky_preview,
    .send = bluesky_send,
    .find = bluesky_find,
    .quiet_ms = bluesky_quiet_ms,
    .length = bluesky_length,
    .poll = bluesky_poll,
    .measure_posts = BLUESKY_MEASURED,
    .measure = bluesky_measure,
    .moderate = bluesky_moderate,
    .look = bluesky_look,
};
