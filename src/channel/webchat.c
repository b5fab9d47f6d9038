/* webchat.c - the chat on a web page as a network.
 *
 * Both ends are ours: the browser's window (web/widget/) asks our own HTTP interface
 * (api/api_webchat.c). So nothing leaves the house here: a reply is sent as soon as it
 * is stored where the visitor's browser fetches it, and reading back always finds it.
 * Whether somebody has seen it is another matter and is noted apart.
 */
#include "channel/webchat.h"

#include "base/utf8.h"

enum { MAX_TITLE = 60, MAX_GREETING = 500 };

static const char *const capabilities[] = { "private",  "files",     "edits",
                                            "removals", "read_back", NULL };

static int check_title(struct op *op, const char *field, struct str text)
{
    if (utf8_graphemes(text) > MAX_TITLE)
        return op_fail_field(op, field, "is longer than %d characters", MAX_TITLE);
    return 0;
}

static int check_greeting(struct op *op, const char *field, struct str text)
{
    if (utf8_graphemes(text) > MAX_GREETING)
        return op_fail_field(op, field, "is longer than %d characters", MAX_GREETING);
    return 0;
}

static const struct setting settings[] = {
    { "title", SETTING_TEXT, "Title",
      "Stands above the chat. Without it: the name of the workspace.",
      .check = check_title },
    { "greeting_de", SETTING_LINES, "Greeting (German)",
      "Shown when the chat is opened. Nothing is ever written first.",
      .check = check_greeting },
    { "greeting_en", SETTING_LINES, "Greeting (English)", "The same for English pages.",
      .check = check_greeting },
    { "colour", SETTING_COLOUR, "Colour", "Of the button and of what visitors write." },
    { "left", SETTING_BOOL, "On the left", "Else the button is at the lower right." },
    { "anonymous_staff", SETTING_BOOL, "Without first names",
      "Visitors see the name of the workspace instead of who answers." },
    { "allowed_origins", SETTING_LINES, "Pages that may show it",
      "One a line, such as https://shop.example or https://*.shop.example. Empty: all.",
      .check = webchat_check_origins },
    { "identity_secret", SETTING_TEXT, "Identity secret",
      "Signs the ids of people who are logged in to your page; made by Draht and shown "
      "once.",
      .secret = true },
    { NULL },
};

static int webchat_verify(struct op *op, const struct connection *connection,
                          struct receipt *ret)
{
    struct str ancestors = webchat_frame_ancestors(op, connection->settings);

    ret->reason = ancestors.n ? STR("the chat opens on the pages that are listed")
                              : STR("the chat opens on every page that has its tag");
    return 0;
}

/* Nothing leaves; the key says which reply it was. */
static int webchat_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    (void)op;
    *ret = out->key;
    return 0;
}

static int webchat_send(struct op *op, const struct connection *connection,
                        const struct outbound *out, struct receipt *ret)
{
    (void)connection;
    ret->external_id = arena_fmt(op->arena, "out:" STR_FMT, STR_ARG(out->key));
    return 0;
}

/* It was stored before anybody asked. */
static int webchat_find(struct op *op, const struct connection *connection,
                        const struct outbound *out, struct receipt *ret)
{
    return webchat_send(op, connection, out, ret);
}

static int64_t webchat_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return 0;
}

const struct connector connector_webchat = {
    .network = "webchat",
    .name = "Web chat",
    .capabilities = capabilities,
    .settings = settings,
    .signing_secret = "identity_secret",
    .delivery = DELIVERY_EXACT, /* what is stored is there */
    .verify = webchat_verify,
    .parse = webchat_parse,
    .compose = webchat_compose,
    .send = webchat_send,
    .find = webchat_find,
    .quiet_ms = webchat_quiet_ms,
};
