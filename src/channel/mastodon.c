/* mastodon.c - an account on Mastodon, or on another server of its interface (snac,
 * GoToSocial, Pleroma): who mentions it is heard, and answered below what they wrote.
 *
 * Some of these servers heed an Idempotency-Key and some do not, and none says so.
 * Therefore the class is C: what a reply is known by when it is read back are our
 * account, what it answers, its words and its age.
 */
#include "channel/mastodon.h"

enum { MAX_DAYS = 365, USUAL_LENGTH = 500, MOST_LENGTH = 50000, LINK_LENGTH = 23 };
/* Before the words stands whom they are for: "@name@example.org " counts without the
 * server, and a name there has at most 30 characters. */
enum { ROOM_FOR_NAME = 32 };

static const char *const capabilities[] = {
    "public",       "private",  "edits",   "removals", "reactions", "read_back",
    "polling",      "mentions", "consent", "metrics",  "files",     "warnings",
    "descriptions", "report",   "mute",    "block",    NULL
};

static const struct setting settings[] = {
    { "url", SETTING_URL, "Address of the server",
      "Where the account is at home: https://mastodon.example.", .required = true },
    { "access_token", SETTING_TEXT, "Access token",
      "Comes by itself when somebody agrees on the server's own page. By hand: made "
      "there "
      "under Preferences, Development, with the rights read and write. It can be revoked "
      "there at any time.",
      .secret = true },
    { "look_back_days", SETTING_INT, "Days to look back",
      "How old mentions may be that are read at first, and how long conversations are "
      "looked at again for changes.",
      .min = 1, .max = MAX_DAYS, .fallback = 14 },
    { "max_length", SETTING_INT, "Longest post", "How many characters the server takes.",
      .min = 100, .max = MOST_LENGTH, .fallback = USUAL_LENGTH },
    { NULL },
};

static int64_t mastodon_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return SECONDS(60); /* longer than its web servers let a request run */
}

static struct length_rule mastodon_length(const struct connection *connection,
                                          bool is_private)
{
    (void)is_private;
    return (struct length_rule){
        .most = connector_int(&connector_mastodon, connection->settings, "max_length") -
                ROOM_FOR_NAME,
        .unit = LENGTH_GRAPHEMES,
        .link = LINK_LENGTH,
    };
}

/* How many characters the server takes; 0: it does not say. */
static int ask_length(struct op *op, const struct connection *connection, int64_t *ret)
{
    struct receipt receipt = { .reason = STR("") };
    const struct json *instance = NULL;
    int r =
        mastodon_read(op, connection, STR("v1/instance"), STR(""), &instance, &receipt);

    if (r < 0)
        return r;
    *ret = json_int(json_get(json_get(instance, "configuration"), "statuses"),
                    "max_characters", 0);
    return 0;
}

/* Whether the setting is what the server takes, or, of a server that takes more than may
 * be set, the most. */
static struct str say_length(struct op *op, struct str reason, int64_t theirs,
                             int64_t mine)
{
    bool more = theirs > MOST_LENGTH;

    if (more) {
        reason = arena_fmt(op->arena,
                           STR_FMT "; it takes posts of %lld characters, more than the "
                                   "%d that can be set here",
                           STR_ARG(reason), (long long)theirs, MOST_LENGTH);
        theirs = MOST_LENGTH;
    }
    if (theirs <= 0 || theirs == mine)
        return reason;
    if (more)
        return arena_fmt(op->arena, STR_FMT "; this channel is set to %lld",
                         STR_ARG(reason), (long long)mine);
    return arena_fmt(op->arena,
                     STR_FMT "; it takes posts of %lld characters, and this channel is "
                             "set to %lld",
                     STR_ARG(reason), (long long)theirs, (long long)mine);
}

static int mastodon_verify(struct op *op, const struct connection *connection,
                           struct receipt *ret)
{
    int64_t mine = connector_int(&connector_mastodon, connection->settings, "max_length");
    const struct json *list;
    struct mastodon_me me;
    int64_t theirs = 0;
    int r = mastodon_ask_me(op, connection, &me, ret);

    if (r == 0)
        r = mastodon_read(op, connection, STR("v1/notifications"), STR("?limit=1"), &list,
                          ret);
    if (r)
        return r < 0 ? r : VERIFY_FAILED;
    r = ask_length(op, connection, &theirs);
    if (r < 0)
        return r;
    ret->reason = arena_fmt(op->arena, "the server answers: we are @" STR_FMT " there",
                            STR_ARG(me.username));
    ret->reason = say_length(op, ret->reason, theirs, mine);
    return 0;
}

const struct connector connector_mastodon = {
    .network = "mastodon",
    .name = "Mastodon",
    .capabilities = capabilities,
    .settings = settings,
    .credential = "access_token",
    .files = { .most = MASTODON_MEDIA, .pictures = true },
    .files_apart = true,
    .delivery = DELIVERY_MARKED,
    .shows_late = true,
    .poll_ms = MINUTES(1),
    .verify = mastodon_verify,
    .consent = mastodon_consent,
    .consented = mastodon_consented,
    .parse = mastodon_parse,
    .compose = mastodon_compose,
    .preview = mastodon_preview,
    .send = mastodon_send,
    .find = mastodon_find,
    .quiet_ms = mastodon_quiet_ms,
    .length = mastodon_length,
    .poll = mastodon_poll,
    .watch = mastodon_watch,
    .measure_posts = MASTODON_MEASURED,
    .measure = mastodon_measure,
    .look = mastodon_look,
    .restrain = mastodon_restrain,
};
