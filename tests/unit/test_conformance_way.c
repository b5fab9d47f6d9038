/* test_conformance_way.c - what every connector promises of what it reads, tried on every
 * connector there is: from the bytes as they are kept to the message on the desk.
 *
 * A connector gets in through a row in `kits`: items as its poll or webhook gives them.
 * What its network does not have is NULL, which must agree with what the connector says
 * that it can.
 */
#include "talk.h"

#include "channel/connector.h"
#include "work/connect.h"
#include "work/work_intake.h"

/* Noon of the fixture's day is ahead of its clock by some hours. */
#define EARLY "2026-11-02T07:00:00"
#define LATER "2026-11-02T07:30:00"
#define AHEAD "2026-11-02T12:00:00"

#define CUSTOM(id, author, more)                                                         \
    "{\"external_id\":\"" id "\",\"thread\":{\"external_id\":\"t\",\"visibility\":"      \
    "\"public\"},\"author\":{\"external_id\":\"" author "\"}," more "}"
#define CUSTOM_US(more)                                                                  \
    "{\"external_id\":\"us\",\"thread\":{\"external_id\":\"t\"},\"author\":{"            \
    "\"external_id\":\"us\",\"is_us\":true}," more "}"
#define FORM(id, more)                                                                   \
    "{\"external_id\":\"" id "\",\"thread\":{\"external_id\":\"t\"},\"author\":{"        \
    "\"external_id\":\"a\"}," more "}"
#define CHAT(more)                                                                       \
    "{\"visitor\":\"v:0123456789abcdef0123456789abcdef\",\"user\":\"\"," more "}"
#define COMMENT(id, author, at, text, status)                                            \
    "{\"me\":1,\"comment\":{\"id\":" id ",\"post\":4,\"author\":" author                 \
    ",\"author_name\":\"A\",\"content\":{\"raw\":\"" text "\"},\"date_gmt\":\"" at       \
    "\",\"status\":\"" status "\",\"type\":\"comment\"},\"post\":{}}"
#define STATUS(id, author, at, text, more)                                               \
    "{\"me\":{\"id\":\"1\"},\"thread\":{\"id\":\"4\"},\"status\":{\"id\":\"" id          \
    "\",\"account\":{\"id\":\"" author "\",\"acct\":\"a\"},\"mentions\":[{\"id\":\"1\"}" \
    "],\"visibility\":\"public\",\"content\":\"<p>" text "</p>\",\"created_at\":\"" at   \
    ".000Z\"" more "}}"
#define US  "at://did:plc:us/app.bsky.feed.post/"
#define FAN "at://did:plc:fan/app.bsky.feed.post/"
#define ROOT                                                                             \
    ",\"reply\":{\"root\":{\"uri\":\"" US "4\"},\"parent\":{\"uri\":\"" US "4\"}}"
#define POST(uri, did, at, record, more)                                                 \
    "{\"me\":{\"did\":\"did:plc:us\"},\"post\":{\"uri\":\"" uri                          \
    "\",\"author\":{\"did\":\"did:plc:" did "\"},\"record\":{\"createdAt\":\"" at        \
    ".000Z\"," record "}" more "}}"
#define ENTRY(text, more)                                                                \
    "{\"feed\":{\"title\":\"Blatt\"},\"entry\":{\"id\":\"e-1\",\"text\":\"" text         \
    "\",\"published\":\"" more "Z\"}}"
#define MAIL(id, from, at, text, more)                                                   \
    "{\"box\":\"inbox\",\"us\":\"wir@example.org\",\"at\":1}\nFrom: " from               \
    "\r\nTo: wir@example.org\r\nSubject: Frage\r\nDate: " at "\r\nMessage-ID: <" id      \
    "@example.com>\r\n" more "\r\n" text "\r\n"
#define SENT(text)                                                                       \
    "{\"box\":\"sent\",\"us\":\"wir@example.org\",\"at\":1}\nFrom: wir@example.org"      \
    "\r\nTo: a@example.com\r\nMessage-ID: <us@example.com>\r\n\r\n" text "\r\n"

#define WORDS "Wann kommt das Paket?"
#define OTHER "Wann kommt das Paket endlich?"

static const struct kit {
    const char *network, *settings;
    const char *first;   /* somebody asks */
    const char *again;   /* the same in other bytes: nothing of it changed */
    const char *edited;  /* "edits": OTHER words */
    const char *removed; /* "removals", unless look() tells them */
    const char *ours;    /* what we wrote there ourselves; NULL: nobody can */
    const char *bare;    /* something that has no words at all, on the same thread */
    const char *below;   /* and what somebody says to it */
    const char *ahead;   /* somebody whose clock is hours ahead; NULL: it tells no time */
} kits[] = {
    { "custom", "{}",
      CUSTOM("i", "a", "\"body\":\"" WORDS "\",\"sent_at\":\"" EARLY "Z\""),
      CUSTOM("i", "a", "\"body\":\"" WORDS "\",\"sent_at\":\"" EARLY "Z\",\"x\":{}"),
      CUSTOM("i", "a", "\"body\":\"" OTHER "\",\"edited_at\":\"" LATER "Z\""),
      CUSTOM("i", "a", "\"removed_at\":\"" LATER "Z\""),
      CUSTOM_US("\"body\":\"Guten Tag\""), CUSTOM("b", "a", "\"body\":\"\""),
      CUSTOM("c", "b", "\"parent_external_id\":\"b\",\"body\":\"" WORDS "\""),
      CUSTOM("f", "a", "\"body\":\"" WORDS "\",\"sent_at\":\"" AHEAD "Z\"") },
    { "form", "{}", FORM("i", "\"body\":\"" WORDS "\""),
      FORM("i", "\"body\":\"" WORDS "\",\"x\":{}"), NULL, NULL, NULL,
      FORM("b", "\"body\":\"\""), FORM("c", "\"body\":\"" WORDS "\""), NULL },
    { "webchat", "{}", CHAT("\"message\":{\"client_id\":\"i\",\"body\":\"" WORDS "\"}"),
      CHAT("\"message\":{\"client_id\":\"i\",\"body\":\"" WORDS "\",\"x\":1}"),
      CHAT("\"client_id\":\"i\",\"change\":\"edit\",\"at\":\"" LATER
           "Z\",\"message\":{\"body\":\"" OTHER "\"}"),
      CHAT("\"client_id\":\"i\",\"change\":\"remove\",\"at\":\"" LATER
           "Z\",\"message\":{}"),
      NULL, CHAT("\"message\":{\"client_id\":\"b\",\"body\":\" \"}"),
      CHAT("\"message\":{\"client_id\":\"c\",\"body\":\"" WORDS "\"}"), NULL },
    { "wordpress", "{\"url\":\"https://example.org\",\"user\":\"eva\"}",
      COMMENT("8", "0", EARLY, WORDS, "approved"),
      COMMENT("8", "0", EARLY, WORDS, "approve"),
      COMMENT("8", "0", EARLY, OTHER, "approved"),
      COMMENT("8", "0", EARLY, WORDS, "trash"),
      COMMENT("9", "1", EARLY, "Guten Tag", "approved"),
      COMMENT("10", "0", EARLY, "", "approved"),
      COMMENT("11,\"parent\":10", "0", EARLY, WORDS, "approved"),
      COMMENT("12", "0", AHEAD, WORDS, "approved") },
    { "mastodon", "{\"url\":\"https://example.org\"}",
      STATUS("8", "2", EARLY, WORDS, ",\"in_reply_to_id\":\"4\""),
      STATUS("8", "2", EARLY, WORDS, ",\"in_reply_to_id\":\"4\",\"favourites_count\":3"),
      STATUS("8", "2", EARLY, OTHER, ",\"edited_at\":\"" LATER ".000Z\""), NULL,
      STATUS("9", "1", EARLY, "Guten Tag", ""), STATUS("10", "2", EARLY, "", ""),
      STATUS("11", "3", EARLY, WORDS, ",\"in_reply_to_id\":\"10\""),
      STATUS("12", "2", AHEAD, WORDS, "") },
    { "bluesky", "{\"url\":\"https://example.org\",\"handle\":\"haus\"}",
      POST(FAN "8", "fan", EARLY, "\"text\":\"" WORDS "\"" ROOT, ""),
      POST(FAN "8", "fan", EARLY, "\"text\":\"" WORDS "\"" ROOT, ",\"likeCount\":3"),
      NULL, NULL, POST(US "9", "us", EARLY, "\"text\":\"Guten Tag\"" ROOT, ""),
      POST(FAN "10", "fan", EARLY, "\"text\":\"\"" ROOT, ""),
      POST(FAN "11", "fan", EARLY,
           "\"text\":\"" WORDS "\",\"reply\":{\"root\":{\"uri\":\"" US
           "4\"},\"parent\":{\"uri\":\"" FAN "10\"}}",
           ""),
      POST(FAN "12", "fan", AHEAD, "\"text\":\"" WORDS "\"" ROOT, "") },
    { "feed", "{\"url\":\"https://example.org/feed\"}", ENTRY(WORDS, EARLY),
      "{\"x\":1,\"feed\":{\"title\":\"Blatt\"},\"entry\":{\"id\":\"e-1\",\"text\":"
      "\"" WORDS "\",\"published\":\"" EARLY "Z\"}}",
      ENTRY(OTHER, EARLY), NULL, NULL, "{\"feed\":{},\"entry\":{\"id\":\"e-2\"}}",
      "{\"feed\":{},\"entry\":{\"id\":\"e-3\",\"reply_to\":\"e-2\",\"text\":\"" WORDS
      "\"}}",
      "{\"feed\":{},\"entry\":{\"id\":\"e-4\",\"text\":\"" WORDS
      "\",\"published\":\"" AHEAD "Z\"}}" },
    { "email",
      "{\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","
      "\"smtp_host\":\"mail.example.org\"}",
      MAIL("i", "a@example.com", "Mon, 02 Nov 2026 07:00:00 +0000", WORDS, ""),
      MAIL("i", "a@example.com", "Mon, 02 Nov 2026 07:00:00 +0000", WORDS,
           "Received: by mail.example.org\r\n"),
      NULL, NULL, SENT("Guten Tag"),
      MAIL("b", "a@example.com", "Mon, 02 Nov 2026 07:00:00 +0000", "", ""),
      MAIL("c", "b@example.com", "Mon, 02 Nov 2026 07:00:00 +0000", WORDS,
           "In-Reply-To: <b@example.com>\r\n"),
      MAIL("f", "a@example.com", "Mon, 02 Nov 2026 12:00:00 +0000", WORDS, "") },
};

/* The networks of test builds have the shape of the first row. */
static const struct kit *kit_of(const struct connector *connector)
{
    for (size_t i = 0; i < COUNT_OF(kits); i++)
        if (strcmp(kits[i].network, connector->network) == 0)
            return &kits[i];
    if (strncmp(connector->network, "mock_", 5) != 0)
        fail_msg("%s has no row in this file", connector->network);
    return NULL;
}

/* A channel of that network, without a timer of its own. */
static int64_t open_channel(struct talk *t, const struct kit *kit)
{
    struct channel channel = t->channel;

    channel.id = 0;
    channel.network = str_of(kit->network);
    channel.name = str_of(kit->network);
    channel.settings = str_of(kit->settings);
    CHECK_OK(t->f, channel_add(&t->f->op, &channel));
    return channel.id;
}

/* As the poll and the webhook hand them in. What was refused is counted. */
static size_t take(struct talk *t, int64_t channel, const char *bytes)
{
    const struct str item = str_of(bytes);
    struct connected to;
    struct intake_batch batch = { &to, &item, 1, "poll", true };
    struct intake_counts counts = { 0 };
    struct str why;

    assert_int_equal(connect_channel(&t->f->op, channel, &to, &why), 0);
    t->f->op.db = NULL;
    CHECK_OK(t->f, intake_accept(&t->f->op, &batch, &counts));
    t->f->op.db = store_writer_db(t->f->store);
    return counts.rejected_count;
}

/* One network on one engine. */
struct round_of {
    struct talk *t;
    const struct kit *kit;
    const struct connector *connector;
    int64_t channel;
};

static void each_network(void **state, void (*test)(struct round_of *r))
{
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        struct round_of r = { .kit = kit_of(c), .connector = c };
        FIXTURE_BOTH(f);
        TALK(t, f);

        if (!r.kit)
            continue;
        print_message("%s\n", c->network);
        r.t = &t;
        r.channel = open_channel(&t, r.kit);
        test(&r);
    }
}

#define ROWS(r, sql) COUNT((r)->t->f, sql, ARG_INT((r)->channel))
#define MESSAGES     "SELECT COUNT(*) FROM message WHERE channel_id = $1"
#define VERSIONS                                                                         \
    "SELECT COUNT(*) FROM message_version v JOIN message m ON m.workspace_id = "         \
    "v.workspace_id AND m.id = v.message_id WHERE m.channel_id = $1"
#define SAYS VERSIONS " AND v.version = m.version AND v.body = "

static void once(struct round_of *r)
{
    assert_int_equal(take(r->t, r->channel, r->kit->first), 0);
    assert_int_equal(take(r->t, r->channel, r->kit->first), 0);
    assert_int_equal(take(r->t, r->channel, r->kit->again), 0);
    assert_int_equal(ROWS(r, MESSAGES), 1);
    assert_int_equal(ROWS(r, SAYS "'" WORDS "' AND m.direction <> 'out'"), 1);
    assert_int_equal(ROWS(r, "SELECT COUNT(*) FROM thread WHERE channel_id = $1"), 1);
    assert_int_equal(ROWS(r, VERSIONS " AND v.version > 1"), 0);
    assert_int_equal(ROWS(r, "SELECT COUNT(*) FROM conversation WHERE channel_id = $1"),
                     connector_can(r->connector, "mentions") && !r->kit->ours ? 0 : 1);
}

static void what_is_told_again_in_whatever_bytes_is_there_once(void **state)
{
    each_network(state, once);
}

static void edit(struct round_of *r)
{
    assert_int_equal(r->kit->edited != NULL, connector_can(r->connector, "edits"));
    if (!r->kit->edited)
        return;
    assert_int_equal(take(r->t, r->channel, r->kit->first), 0);
    fixture_advance(r->t->f, MINUTES(1));
    assert_int_equal(take(r->t, r->channel, r->kit->edited), 0);
    assert_int_equal(take(r->t, r->channel, r->kit->first), 0); /* late, and known */
    assert_int_equal(ROWS(r, MESSAGES), 1);
    assert_int_equal(ROWS(r, SAYS "'" OTHER "'"), 1);
    assert_int_equal(ROWS(r, VERSIONS " AND v.body = '" WORDS "'"), 1);
}

static void what_its_author_changed_is_a_version_and_no_loss(void **state)
{
    each_network(state, edit);
}

static void removal(struct round_of *r)
{
    bool by_item = r->kit->removed != NULL;

    assert_int_equal(by_item || r->connector->look,
                     connector_can(r->connector, "removals"));
    if (!by_item)
        return;
    assert_int_equal(take(r->t, r->channel, r->kit->first), 0);
    fixture_advance(r->t->f, MINUTES(1));
    assert_int_equal(take(r->t, r->channel, r->kit->removed), 0);
    assert_int_equal(ROWS(r, MESSAGES), 1);
    assert_int_equal(ROWS(r, MESSAGES " AND (removed_at > 0 OR standing = 'gone')"), 1);
    assert_int_equal(ROWS(r, VERSIONS " AND v.body = '" WORDS "'"), 1);
}

static void what_was_removed_is_marked_and_stays_on_record(void **state)
{
    each_network(state, removal);
}

static void ours(struct round_of *r)
{
    if (!r->kit->ours)
        return;
    assert_int_equal(take(r->t, r->channel, r->kit->ours), 0);
    assert_int_equal(ROWS(r, SAYS "'Guten Tag' AND m.direction = 'out'"), 1);
    assert_int_equal(ROWS(r, "SELECT COUNT(*) FROM conversation WHERE channel_id = $1"),
                     0);
}

static void what_we_wrote_there_is_ours_and_nobodys_case(void **state)
{
    each_network(state, ours);
}

/* Whether a post without words is a message or is refused: it is kept with its reason,
 * and what is said to it is here. */
static void bare(struct round_of *r)
{
    size_t refused = take(r->t, r->channel, r->kit->bare);

    assert_int_equal(take(r->t, r->channel, r->kit->below), 0);
    assert_int_equal(ROWS(r, SAYS "'" WORDS "'"), 1);
    assert_int_equal(ROWS(r, "SELECT COUNT(*) FROM raw_item WHERE channel_id = $1 AND "
                             "state = 'failed' AND reason <> ''"),
                     refused);
    assert_int_equal(ROWS(r, "SELECT COUNT(*) FROM raw_item WHERE channel_id = $1 AND "
                             "state = 'done'"),
                     2 - refused);
}

static void a_post_without_words_still_carries_what_is_said_to_it(void **state)
{
    each_network(state, bare);
}

/* Nobody waits less because a clock elsewhere is wrong, and nothing is of tomorrow. */
static void ahead(struct round_of *r)
{
    struct fixture *f = r->t->f;

    if (!r->kit->ahead)
        return;
    assert_int_equal(take(r->t, r->channel, r->kit->ahead), 0);
    assert_int_equal(COUNT(f,
                           "SELECT COUNT(*) FROM conversation WHERE channel_id = $1 AND "
                           "opened_at > $2",
                           ARG_INT(r->channel), ARG_INT(f->op.now)),
                     0);
    assert_int_equal(COUNT(f,
                           "SELECT COUNT(*) FROM conversation WHERE channel_id = $1 AND "
                           "waiting_since_at > $2",
                           ARG_INT(r->channel), ARG_INT(f->op.now)),
                     0);
    assert_int_equal(
        COUNT(f, "SELECT COUNT(*) FROM segment WHERE opened_at > $1", ARG_INT(f->op.now)),
        0);
}

static void a_clock_that_is_ahead_makes_nobody_wait_less(void **state)
{
    each_network(state, ahead);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_is_told_again_in_whatever_bytes_is_there_once),
        BOTH_ENGINES(what_its_author_changed_is_a_version_and_no_loss),
        BOTH_ENGINES(what_was_removed_is_marked_and_stays_on_record),
        BOTH_ENGINES(what_we_wrote_there_is_ours_and_nobodys_case),
        BOTH_ENGINES(a_post_without_words_still_carries_what_is_said_to_it),
        BOTH_ENGINES(a_clock_that_is_ahead_makes_nobody_wait_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
