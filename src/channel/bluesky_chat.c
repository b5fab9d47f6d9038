/* bluesky_chat.c - the service that keeps private messages: what it calls them, and how
 * it is asked.
 *
 * It is asked through the server of the account, which vouches for who we are and passes
 * the call on. What goes wrong there goes wrong for chat messages alone: posts are read
 * and answered all the same, so nothing here says that the server does not let us in.
 */
#include "channel/bluesky.h"

#include "base/utf8.h"

enum { MAX_NAME = 128, WORDS = 200 };

/* Where Bluesky keeps them, for accounts on whatever server. */
#define SERVICE "did:web:api.bsky.chat#bsky_chat"
#define PREFIX  "chat:"

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!strchr("._~:-", text.p[i]) && !(text.p[i] >= '0' && text.p[i] <= '9') &&
            !(text.p[i] >= 'a' && text.p[i] <= 'z') &&
            !(text.p[i] >= 'A' && text.p[i] <= 'Z'))
            return false;
    return text.n && text.n <= MAX_NAME && !memchr(text.p, '\0', text.n);
}

bool bluesky_chat_id_read(struct str text, struct bluesky_chat_id *ret)
{
    struct bluesky_chat_id id = { .message = STR("") };
    struct str rest = STR("");
    bool named;

    if (!str_starts(text, STR(PREFIX)))
        return false;
    text = str_sub(text, sizeof(PREFIX) - 1, text.n);
    named = str_find(text, STR("/")) >= 0;
    id.convo = str_cut(text, '/', &rest);
    id.message = rest;
    if (!is_name(id.convo) || (named && !is_name(id.message)))
        return false;
    *ret = id;
    return true;
}

struct str bluesky_chat_id(struct op *op, struct str convo, struct str message)
{
    if (!is_name(convo) || (message.n && !is_name(message)))
        return STR("");
    return arena_fmt(op->arena, PREFIX STR_FMT "%s" STR_FMT, STR_ARG(convo),
                     message.n ? "/" : "", STR_ARG(message));
}

bool bluesky_chats(const struct connection *connection)
{
    return json_bool(connection->settings, "chat");
}

enum why { SAID, REFUSED, NONE, AWAY, BUSY };

/* A password without that right is told as an invalid token; a server that passes nothing
 * on, or that does not find the service, says so in one of many ways. */
static enum why why(const struct bluesky_answer *answer)
{
    struct str message = json_text(answer->json, "message");

    if (answer->status == 429)
        return BUSY;
    if (bluesky_is_token_refused(answer) || str_find(answer->error, STR("Scope")) >= 0)
        return REFUSED;
    if (answer->status == 404 || answer->status == 501 || answer->status == 405 ||
        str_find(message, STR("proxy did")) >= 0 ||
        str_is(answer->error, "MethodNotImplemented") ||
        str_is(answer->error, "XRPCNotSupported"))
        return NONE;
    return answer->status / 100 == 4 ? SAID : AWAY;
}

static void explain(struct op *op, const struct bluesky_answer *answer,
                    struct receipt *receipt)
{
    static const struct {
        const char *trouble, *words;
    } known[] = {
        [REFUSED] = { "chat_refused",
                      "chat messages: the app password has no access to direct messages: "
                      "make a new one there that has, and enter it in this channel" },
        [NONE] = { "chat_none", "chat messages: this server offers none" },
        [AWAY] = { "chat_away", "chat messages: their service does not answer" },
        [BUSY] = { "busy", "chat messages: their service asks to be left alone for a "
                           "while" },
    };
    struct str message = bluesky_clean(op, json_text(answer->json, "message"), false);
    enum why because = why(answer);

    receipt->answered = true; /* no reason to stop asking for posts */
    receipt->trouble = known[because].trouble;
    receipt->reason = arena_fmt(
        op->arena, "%s (%d " STR_FMT "%s" STR_FMT ")",
        because == SAID ? "chat messages: their service says no" : known[because].words,
        answer->status, STR_ARG(utf8_cut(bluesky_clean(op, answer->error, false), WORDS)),
        message.n ? ", " : "", STR_ARG(utf8_cut(message, WORDS)));
}

int bluesky_chat_ask(struct op *op, const struct connection *connection,
                     const struct bluesky_question *question,
                     struct bluesky_session *session, struct bluesky_answer *ret,
                     struct receipt *receipt)
{
    struct bluesky_question passed_on = *question;
    int r;

    passed_on.proxy = STR(SERVICE);
    r = bluesky_ask(op, connection, &passed_on, session, ret, receipt);
    if (r == 0 && (ret->status / 100 != 2 || !ret->json))
        explain(op, ret, receipt);
    return r;
}

int bluesky_chat_verify(struct op *op, const struct connection *connection,
                        struct receipt *ret)
{
    static const struct bluesky_question question = {
        .method = STR("chat.bsky.convo.listConvos"), .query = STR("?limit=1")
    };
    struct receipt told = { .reason = STR("") };
    struct bluesky_answer answer;
    int r = 0;

    if (!bluesky_chats(connection))
        return 0;
    r = bluesky_chat_ask(op, connection, &question, NULL, &answer, &told);
    if (r < 0)
        return r;
    if (r == 0 && answer.status / 100 == 2 && answer.json)
        told.reason = STR("chat messages can be read");
    ret->trouble = told.trouble;
    ret->reason = arena_fmt(op->arena, STR_FMT "; " STR_FMT, STR_ARG(ret->reason),
                            STR_ARG(told.reason));
    return 0;
}
