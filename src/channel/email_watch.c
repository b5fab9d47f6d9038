/* email_watch.c - letting the mailbox say that a mail came (IDLE, RFC 2177).
 *
 * A session of its own with the inbox open for reading. It only says that something is
 * new; what it is, the next poll reads, so nothing that is said or not said here can lose
 * a mail. A server forgets who idles for half an hour: watch->renew() ends the command,
 * and the answer to that begins it anew.
 */
#include "channel/email.h"

static void say_idle(struct watch *watch)
{
    int n =
        snprintf(watch->words, sizeof(watch->words), "d%u IDLE\r\n", ++watch->tag % 1000);

    watch->say = (struct str){ watch->words, (size_t)n };
    watch->waiting = true;
}

static void renew(struct watch *watch)
{
    watch->say = STR("DONE\r\n");
    watch->waiting = true;
}

static int over(struct watch *watch, const char *why)
{
    watch->why = why;
    return WATCH_OVER;
}

/* "12 EXISTS": so many mails are there now. One that left makes room for one that comes.
 */
static int hear_number(struct watch *watch, int64_t number, struct str what)
{
    int64_t known = watch->known;

    if (str_eq_ignore_case(what, STR("EXPUNGE")) && known > 0)
        watch->known--;
    if (!str_eq_ignore_case(what, STR("EXISTS")))
        return 0;
    watch->known = number;
    return number != known ? WATCH_NEWS : 0;
}

static int hear(struct watch *watch, struct str line)
{
    struct str rest, word = str_cut(line, ' ', &rest), what;
    char tag[16];
    int64_t number;

    snprintf(tag, sizeof(tag), "d%u", watch->tag % 1000);
    if (str_starts(line, STR("+"))) {
        watch->waiting = false;
        return 0;
    }
    if (str_eq(word, str_of(tag)) && str_starts(rest, STR("OK"))) {
        say_idle(watch);
        return 0;
    }
    if (!str_is(word, "*"))
        return over(watch, "what it says is no answer to IDLE");
    word = str_cut(rest, ' ', &what);
    if (str_eq_ignore_case(word, STR("BYE")))
        return over(watch, "it says good-bye");
    return str_to_i64(word, &number) && number >= 0 ? hear_number(watch, number, what)
                                                    : 0;
}

static int begin(struct op *op, struct imap *imap, struct str cursor, struct watch *ret)
{
    struct watch watch = { .wire = imap->wire, .hear = hear, .renew = renew };
    struct imap_folder inbox;
    int r = imap_examine(op, imap, STR("INBOX"), NULL, &inbox);

    if (r)
        return r;
    watch.tag = imap->tag;
    watch.known = inbox.exists;
    watch.news = !email_cursor_reaches(op, cursor, &inbox);
    say_idle(&watch);
    r = wire_write(op, imap->wire, watch.say);
    if (r)
        return r;
    watch.say = STR("");
    if (!wire_hold(imap->wire, &watch.descriptor))
        return WATCH_NONE;
    *ret = watch;
    return 0;
}

int email_watch(struct op *op, const struct connection *connection, struct str cursor,
                struct watch *ret, struct receipt *receipt)
{
    struct email_account account;
    struct imap imap;
    int r;

    email_account(op, connection->settings, &account);
    r = imap_open(op, connection, &account, &imap, receipt);
    if (r == 0 && !imap.has_idle)
        r = WATCH_NONE;
    if (r == 0)
        r = begin(op, &imap, cursor, ret);
    return r <= 0 ? r : WATCH_NONE;
}
