/* email_poll.c - what is new in a mailbox: what came in, and what left by other ways.
 *
 * A folder numbers its mails upwards (UID) and says so with a name of that counting
 * (UIDVALIDITY). So new is what has a higher number than the last one read. When the
 * counting is another one, the numbers say nothing any more, and everything is read again
 * since before the last poll: the same mails have the same bytes and cost nothing.
 */
#include "channel/email.h"

#include "base/clock.h"
#include "channel/mail.h"

enum { PER_PAGE = 100, BYTES_PER_PAGE = 8 * 1024 * 1024 };

/* How far before the last poll is read again after a folder was counted anew. */
#define OVERLAP_MS DAYS(2)

/* Between the polls all this stands in the cursor. */
struct cursor {
    struct imap_known inbox, sent; /* up to the last one read */
    int64_t at;                    /* when it was read to the end */
};

struct round {
    struct imap imap;
    struct email_account account;
    struct cursor cursor;
    int64_t since; /* of a folder that was not read under this counting */
    size_t bytes;
    struct poll_page page;
};

static void read_place(const struct json *json, const char *name, struct imap_known *ret)
{
    const struct json *place = json_get(json, name);

    *ret = (struct imap_known){ json_int(place, "validity", 0), json_int(place, "uid", 0),
                                json_int(place, "modseq", 0) };
}

static void read_cursor(struct op *op, struct str text, struct cursor *ret)
{
    struct err before = op->err;
    struct json *json = NULL;

    if (text.n && json_parse(op, text, &json) < 0)
        op->err = before;
    read_place(json, "inbox", &ret->inbox);
    read_place(json, "sent", &ret->sent);
    ret->at = json_int(json, "at", 0);
}

static void write_place(struct json_writer *w, const char *name,
                        const struct imap_known *place)
{
    json_begin_object(w, name);
    json_put_int(w, "validity", place->validity);
    json_put_int(w, "uid", place->uid);
    if (place->modseq)
        json_put_int(w, "modseq", place->modseq);
    json_end_object(w);
}

static struct str write_cursor(struct op *op, const struct cursor *cursor)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    write_place(&w, "inbox", &cursor->inbox);
    write_place(&w, "sent", &cursor->sent);
    json_put_int(&w, "at", cursor->at);
    json_end_object(&w);
    return json_done(&w);
}

bool email_cursor_reaches(struct op *op, struct str cursor,
                          const struct imap_folder *inbox)
{
    struct cursor at;

    read_cursor(op, cursor, &at);
    return at.inbox.validity == inbox->validity && at.inbox.uid >= inbox->next - 1;
}

/* What "UID FETCH" says of one mail. */
struct fetched {
    int64_t uid, size, at;
    struct str mail;
    bool has_mail;
};

static int64_t number_after(struct str text, const char *word)
{
    ptrdiff_t at = str_find(text, str_of(word));
    struct str rest, digits;
    int64_t number = 0;

    if (at < 0)
        return 0;
    digits = str_cut(str_sub(text, (size_t)at + strlen(word), text.n), ' ', &rest);
    digits = str_cut(digits, ')', &rest);
    (void)str_to_i64(digits, &number);
    return number;
}

static int hear_fetch(struct op *op, const struct imap_answer *answer, void *ctx)
{
    struct fetched *fetched = ctx;
    struct str text = answer->text[0], rest;
    ptrdiff_t at = str_find(text, STR("INTERNALDATE \""));

    if (str_find(text, STR(" FETCH (")) < 0)
        return 0;
    if (number_after(text, "RFC822.SIZE "))
        fetched->size = number_after(text, "RFC822.SIZE ");
    if (at >= 0)
        fetched->at =
            imap_time(op, str_cut(str_sub(text, (size_t)at + 14, text.n), '"', &rest));
    if (answer->literals) {
        fetched->mail = answer->literal[0];
        fetched->has_mail = true;
    }
    return 0;
}

/* One mail, or its beginning when it is too long. Not there any more: nothing. */
static int fetch(struct op *op, struct round *round, int64_t uid, struct fetched *ret)
{
    struct str command =
        arena_fmt(op->arena, "UID FETCH %lld (INTERNALDATE RFC822.SIZE)", (long long)uid);
    int r;

    *ret = (struct fetched){ .uid = uid };
    r = imap_do(op, &round->imap, command, hear_fetch, ret);
    if (r || !ret->size)
        return r;
    command = arena_fmt(op->arena,
                        ret->size > MAIL_MAX_BYTES ? "UID FETCH %lld BODY.PEEK[]<0.%d>"
                                                   : "UID FETCH %lld BODY.PEEK[]",
                        (long long)uid, MAIL_MAX_BEGINNING);
    return imap_do(op, &round->imap, command, hear_fetch, ret);
}

/* Up to the first empty line: what a report gives back stands behind it. */
static struct str head_of(struct str mail)
{
    struct str head = str_sub(mail, 0, MAIL_MAX_HEADER);
    ptrdiff_t end = str_find(head, STR("\r\n\r\n"));

    return end < 0 ? head : str_sub(head, 0, (size_t)end);
}

/* The copy of a reply that we sent to ourselves stands for nothing new. Nor is it
 * anybody's concern here what the house told its own people, of which some providers keep
 * a copy among what was sent. */
static bool is_our_copy(struct op *op, const struct round *round, const char *box,
                        struct str mail)
{
    const char *mark = strcmp(box, "inbox") == 0 ? "Message-ID: <draht-"
                                                 : "Message-ID: <" EMAIL_HOUSE_MARK;
    struct str head = head_of(mail), domain;
    ptrdiff_t at = str_find(head, str_of(mark));

    (void)str_cut(round->account.address, '@', &domain);
    if (at < 0)
        return false;
    head = str_cut(str_sub(head, (size_t)at, head.n), '\n', &head);
    return str_find(head, arena_fmt(op->arena, "@" STR_FMT ">", STR_ARG(domain))) > 0;
}

static void take(struct op *op, struct round *round, const char *box,
                 const struct fetched *fetched)
{
    const struct email_envelope envelope = {
        .box = str_of(box),
        .us = round->account.address,
        .at = fetched->at,
        .size = fetched->size > MAIL_MAX_BYTES ? fetched->size : 0,
    };

    if (is_our_copy(op, round, box, fetched->mail))
        return;
    round->page.items[round->page.count++] = email_item(op, &envelope, fetched->mail);
    round->bytes += fetched->mail.n;
}

static bool is_full(const struct round *round)
{
    return round->page.count >= PER_PAGE || round->bytes >= BYTES_PER_PAGE;
}

static struct str what_is_new(struct op *op, const struct round *round,
                              const struct imap_known *place)
{
    if (place->uid)
        return arena_fmt(op->arena, "UID %lld:*", (long long)place->uid + 1);
    return arena_fmt(op->arena, "SINCE " STR_FMT, STR_ARG(imap_date(op, round->since)));
}

static bool nothing_new(const struct imap_known *place, const struct imap_folder *state)
{
    return place->uid && (state->next == place->uid + 1 ||
                          (place->modseq && state->modseq == place->modseq));
}

/* Before that, the change up to which all is known stays the old one. */
static void read_to_the_end(struct round *round, struct imap_known *place,
                            const struct imap_folder *state)
{
    place->modseq = state->modseq;
    round->page.vanished += state->vanished;
}

/* Read on in one folder until the page is full. */
static int read_folder(struct op *op, struct round *round, struct str folder,
                       const char *box, struct imap_known *place)
{
    struct imap_numbers found;
    struct imap_folder state;
    int r = imap_examine(op, &round->imap, folder, place, &state);

    if (r)
        return r;
    if (state.validity != place->validity) {
        round->page.recounted = round->page.recounted || place->validity;
        *place = (struct imap_known){ state.validity, 0, 0 };
        state.vanished = 0;
    }
    if (nothing_new(place, &state)) {
        read_to_the_end(round, place, &state);
        return 0;
    }
    r = imap_search(op, &round->imap, what_is_new(op, round, place), &found);
    for (size_t i = 0; r == 0 && i < found.count; i++) {
        struct fetched fetched;

        if (found.list[i] <= place->uid)
            continue; /* "n:*" names the last one always */
        if (is_full(round)) {
            round->page.more = true;
            return 0;
        }
        r = fetch(op, round, found.list[i], &fetched);
        if (r)
            return r;
        if (fetched.has_mail)
            take(op, round, box, &fetched);
        place->uid = found.list[i];
    }
    /* An empty beginning is one, too: what comes next is new. */
    if (r == 0 && !place->uid && state.next > 1)
        place->uid = state.next - 1;
    if (r == 0)
        read_to_the_end(round, place, &state);
    return r;
}

/* Since when a folder is read that is new to us. */
static int64_t long_ago(const struct op *op, const struct connection *connection,
                        const struct cursor *cursor)
{
    int64_t at = connector_since(op, &connector_email, connection);

    return cursor->at && cursor->at - OVERLAP_MS < at ? cursor->at - OVERLAP_MS : at;
}

static int read_all(struct op *op, struct round *round)
{
    struct str sent;
    int r = read_folder(op, round, STR("INBOX"), "inbox", &round->cursor.inbox);

    if (r || round->page.more)
        return r;
    r = imap_find_sent(op, &round->imap, &round->account, &sent);
    if (r || !sent.n)
        return r;
    r = read_folder(op, round, sent, "sent", &round->cursor.sent);
    return r == IMAP_NO ? 0 : r; /* who has none reads what comes in all the same */
}

int email_poll(struct op *op, const struct connection *connection, struct str cursor,
               struct poll_page *ret, struct receipt *receipt)
{
    struct round round = { .bytes = 0 };
    int r;

    email_account(op, connection->settings, &round.account);
    read_cursor(op, cursor, &round.cursor);
    round.since = long_ago(op, connection, &round.cursor);
    r = imap_open(op, connection, &round.account, &round.imap, receipt);
    if (r == 0)
        r = imap_enable_resync(op, &round.imap);
    if (r)
        return r < 0 ? r : POLL_FAILED;
    round.page.items = arena_new(op->arena, struct str, PER_PAGE + 1);
    r = read_all(op, &round);
    if (r)
        return r < 0 ? r : POLL_FAILED;
    (void)imap_do(op, &round.imap, STR("LOGOUT"), NULL, NULL);
    receipt->reason = STR("");
    if (!round.page.more)
        round.cursor.at = op->now;
    round.page.next = write_cursor(op, &round.cursor);
    round.page.announces = round.imap.has_idle;
    *ret = round.page;
    return 0;
}
