/* fuzz_mailbox.c - whatever a mail server says (IMAP, SMTP, and the address for tokens),
 * every call has one of the named outcomes, and nothing secret leaves before TLS.
 *
 * Input: a line whose first sign chooses the settings, then what is said in each
 * connection and by the address for tokens (scripted.h).
 */
#include "scripted.h"

#include "base/utf8.h"
#include "channel/email.h"
#include "channel/email_token.h"
#include "channel/mail.h"

enum { POLLS = 3, LONGEST_CURSOR = 1024, CHANNEL = 7, MOST_BARE = 99 };

#define HOUSE                                                                            \
    "\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","                \
    "\"smtp_host\":\"mail.example.org\""

static const char *const settings[] = {
    "{" HOUSE "}",
    "{" HOUSE ",\"imap_starttls\":true,\"smtp_starttls\":true,\"user\":\"eva\"}",
    "{" HOUSE
    ",\"token_url\":\"https://login.example.org/token\",\"client_id\":\"draht\"}",
    "{" HOUSE ",\"no_copy\":true,\"sent_folder\":\"Sent\",\"subject_token\":true}",
};

static void check_receipt(const struct receipt *receipt, int r, int worst)
{
    PROMISE(r >= 0 && r <= worst);
    PROMISE(r == 0 || receipt->reason.n > 0);
    PROMISE(utf8_is_valid(receipt->reason));
    PROMISE(receipt->external_id.n <= ITEM_MAX_ID && receipt->wait_ms >= 0);
}

static void check_poll(struct op *op, const struct connection *connection)
{
    struct str cursor = STR("");

    for (int i = 0; i < POLLS; i++) {
        struct receipt receipt = { .reason = STR("") };
        struct poll_page page = { 0 };
        int r = email_poll(op, connection, cursor, &page, &receipt);

        check_receipt(&receipt, r, POLL_FAILED);
        if (r)
            return;
        PROMISE(page.next.n > 0 && page.next.n <= LONGEST_CURSOR);
        PROMISE(utf8_is_valid(page.next) && page.count <= 100);
        PROMISE(page.vanished >= 0 && page.vanished <= 2 * IMAP_MAX_RESYNC);
        for (size_t k = 0; k < page.count; k++) {
            struct item item;

            PROMISE(email_parse(op, page.items[k], &item) <= 0);
            op->err = (struct err){ 0 };
        }
        cursor = page.next;
    }
}

/* Left open, and line by line whatever follows, with signs of life between. */
static void check_watch(struct op *op, const struct connection *connection)
{
    struct receipt receipt = { .reason = STR("") };
    struct watch watch = { .known = 0 };
    struct str rest = STR("");
    char piece[512];
    size_t n;

    if (email_watch(op, connection, STR(""), &watch, &receipt))
        return;
    PROMISE(watch.wire && watch.waiting && !watch.say.n && watch.known >= 0);
    while (wire_take(watch.wire, piece, sizeof(piece), &n) == 0) {
        PROMISE(n > 0 && n <= sizeof(piece));
        for (rest = (struct str){ piece, n }; rest.n;) {
            int r = watch.hear(&watch, str_trim(str_cut(rest, '\n', &rest)));

            PROMISE(r >= 0 && r <= WATCH_OVER && (r != WATCH_OVER || watch.why));
            PROMISE(watch.known >= 0 && watch.say.n < sizeof(watch.words));
            watch.say = STR("");
        }
        watch.renew(&watch);
        PROMISE(watch.waiting && str_is(watch.say, "DONE\r\n"));
    }
}

/* A letter as it leaves, with and without a copy to ourselves; then looking for it. */
static void check_letter(struct op *op, const struct connection *connection)
{
    struct outbound out = { .key = STR("draht-7"),
                            .thread_external_id = STR("a@x"),
                            .parent_external_id = STR("b@x"),
                            .thread_title = STR("Frage"),
                            .to = STR("paula@example.com"),
                            .case_number = 12,
                            .settings = connection->settings,
                            .body = STR(".Antwort") };
    struct receipt sent = { .reason = STR("") }, found = { .reason = STR("") };

    PROMISE(connector_email.compose(op, &out, &out.bytes) == 0);
    check_receipt(&sent, connector_email.send(op, connection, &out, &sent), SEND_DOUBT);
    check_receipt(&found, connector_email.find(op, connection, &out, &found),
                  FIND_CANNOT_TELL);
    PROMISE(found.copies >= 0);
}

/* Dates, words, and names of folders as they may stand in an answer. */
static void check_small(struct op *op, struct str bytes)
{
    struct str words = email_words(op, bytes);
    struct str quoted = imap_quote(op, bytes);

    PROMISE(utf8_is_valid(words) && utf8_graphemes(words) <= 200);
    PROMISE(str_find(words, STR("\n")) < 0 && str_find(quoted, STR("\n")) < 0);
    PROMISE(quoted.n >= 2 && quoted.p[0] == '"' && quoted.p[quoted.n - 1] == '"');
    PROMISE(imap_date(op, imap_time(op, bytes)).n >= 11);
}

/* A store that keeps what comes instead of a credential, or is at it elsewhere. */
static int begin(struct op *op UNUSED, const struct connection *connection,
                 struct str *ret)
{
    *ret = connection->credential.text;
    return str_starts(*ret, STR("busy")) ? RENEWAL_BUSY : 0;
}

static int end(struct op *op UNUSED, const struct connection *connection UNUSED,
               struct str text)
{
    PROMISE(!text.n || str_find(text, STR(" ")) >= 0); /* "SECRET REFRESH" */
    return 0;
}

static const struct renewal renewal = { begin, end };

static size_t of_settings(struct str line)
{
    return line.n ? (unsigned char)line.p[0] % COUNT_OF(settings) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct script script = { .dialer.open = open_wire,
                             .http.send = answer,
                             .most_bare = MOST_BARE };
    const struct world world = { .http = &script.http, .dialer = &script.dialer };
    struct op op = { .arena = &arena, .world = &world, .now = INT64_C(1793606400000) };
    struct connection connection = { .channel_id = CHANNEL, .renewal = &renewal };
    struct str says, line = str_cut(INPUT, '\n', &says);
    struct receipt receipt = { .reason = STR("") };
    struct email_account account;
    struct json *json;

    check_small(&op, INPUT);
    PROMISE(json_parse(&op, str_of(settings[of_settings(line)]), &json) == 0);
    connection.settings = json;
    connection.credential.site = email_site(&op, json);
    connection.credential.text = line.n == 1 ? STR("geheim") : str_sub(line, 1, line.n);
    email_account(&op, json, &account);
    email_token_forget(&connection);
    script.rest = says;
    check_poll(&op, &connection);
    script.rest = says;
    check_watch(&op, &connection);
    script.rest = says;
    check_letter(&op, &connection);
    script.rest = says;
    check_receipt(&receipt, smtp_try(&op, &connection, &account, &receipt), EMAIL_FAILED);
    return 0;
}
