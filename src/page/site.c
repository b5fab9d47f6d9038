/* site.c - the settings of a workspace's public pages. */
#include "page/site.h"

#include "base/utf8.h"
#include "page/stmt.h"

static const struct column site_columns[] = {
    COLUMN(site, id, COLUMN_ID),           COLUMN_WORDS(site, name),
    COLUMN_WORDS(site, imprint),           COLUMN_WORDS(site, privacy),
    COLUMN(site, colour, COLUMN_TEXT),     COLUMN(site, languages, COLUMN_TEXT),
    COLUMN(site, threads, COLUMN_BOOL),    COLUMN(site, comments, COLUMN_TEXT),
    COLUMN(site, listening, COLUMN_BOOL),  COLUMN(site, transparency, COLUMN_BOOL),
    COLUMN(site, created_at, COLUMN_TIME), { NULL },
};

const struct record site_record = {
    .table = "site",
    .columns = site_columns,
    .size = sizeof(struct site),
    .get = &SQL_SITE_GET,
    .add = &SQL_SITE_ADD,
    .set = &SQL_SITE_SET,
    .all = &SQL_SITE_ALL,
};

static const struct column channel_site_columns[] = {
    COLUMN(channel_site, id, COLUMN_ID),
    COLUMN(channel_site, threads, COLUMN_TEXT),
    COLUMN(channel_site, comments, COLUMN_TEXT),
    COLUMN(channel_site, listed, COLUMN_TEXT),
    COLUMN_WORDS(channel_site, account_url),
    COLUMN(channel_site, created_at, COLUMN_TIME),
    { NULL },
};

const struct record channel_site_record = {
    .table = "channel_site",
    .columns = channel_site_columns,
    .size = sizeof(struct channel_site),
    .get = &SQL_CHANNEL_SITE_GET,
    .add = &SQL_CHANNEL_SITE_ADD,
    .set = &SQL_CHANNEL_SITE_SET,
    .all = &SQL_CHANNEL_SITE_ALL,
};

int site_get(struct op *op, struct site *ret)
{
    int r = record_get(op, &site_record, op->workspace, ret);

    if (r == RECORD_NOT_FOUND)
        *ret = (struct site){ .languages = STR("de en"), .comments = STR("held") };
    return r < 0 ? r : 0;
}

static bool is_colour(struct str colour)
{
    if (colour.n != 7 || colour.p[0] != '#')
        return false;
    for (size_t i = 1; i < 7; i++)
        if (!strchr("0123456789abcdef", colour.p[i]))
            return false;
    return true;
}

static int check(struct op *op, const struct site *site)
{
    int r = 0;

    if (utf8_count(site->imprint) > SITE_MAX_IMPRINT)
        r = op_fail_field(op, "imprint", "is longer than %d characters",
                          SITE_MAX_IMPRINT);
    if (utf8_count(site->privacy) > SITE_MAX_PRIVACY)
        r = op_fail_field(op, "privacy", "is longer than %d characters",
                          SITE_MAX_PRIVACY);
    if (site->colour.n && !is_colour(site->colour))
        r = op_fail_field(op, "colour", "must look like #1a6b54");
    return r;
}

int site_set(struct op *op, const struct site *site)
{
    struct event event = { .kind = "site.changed", .subject_id = op->workspace };
    struct site old, now = *site;
    int r = check(op, site);

    if (r == 0)
        r = site_get(op, &old);
    if (r < 0)
        return r;
    if (old.id)
        return record_update(op, &site_record, &old, &now, &event);
    now.id = op->workspace;
    now.created_at = op->now;
    return record_insert(op, &site_record, &now, &event);
}

bool site_is_on(const struct site *site)
{
    return str_trim(site->imprint).n > 0;
}

bool site_has_language(const struct site *site, const char *language)
{
    return str_find(site->languages, str_of(language)) >= 0;
}

int channel_site_get(struct op *op, int64_t channel_id, struct channel_site *ret)
{
    int r = record_get(op, &channel_site_record, channel_id, ret);

    if (r == RECORD_NOT_FOUND)
        *ret = (struct channel_site){ .id = 0 };
    return r < 0 ? r : 0;
}

int channel_site_set(struct op *op, const struct channel_site *site)
{
    struct event event = { .kind = "channel_site.changed",
                           .channel_id = site->id,
                           .subject_id = site->id };
    struct channel_site old, now = *site;
    int r = channel_site_get(op, site->id, &old);

    if (r < 0)
        return r;
    if (old.id)
        return record_update(op, &channel_site_record, &old, &now, &event);
    now.created_at = op->now;
    return record_insert(op, &channel_site_record, &now, &event);
}

/* In dialogue, and not retired: only then are its pages a promise that holds. */
static int is_open(struct op *op, int64_t channel_id, bool *ret)
{
    struct channel channel;
    struct str mode;
    int r = channel_get(op, channel_id, &channel);

    if (r == 0)
        r = channel_effective_mode(op, &channel, &mode);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a thread has no channel");
    *ret = str_is(mode, "dialogue") && !channel.retired_at;
    return 0;
}

int site_thread_gap(struct op *op, const struct site *site, const struct thread *thread,
                    enum site_gap *ret)
{
    struct channel_site own;
    bool open, on;
    int r = is_open(op, thread->channel_id, &open);

    if (r == 0)
        r = channel_site_get(op, thread->channel_id, &own);
    if (r < 0)
        return r;
    on = own.threads.n ? str_is(own.threads, "on") : site->threads != 0;
    *ret = !site_is_on(site)                       ? SITE_NO_IMPRINT
           : !str_is(thread->visibility, "public") ? SITE_PRIVATE
           : !open                                 ? SITE_NO_DIALOGUE
           : !on                                   ? SITE_SWITCHED_OFF
                                                   : (enum site_gap)0;
    return 0;
}

const char *site_gap_name(enum site_gap gap)
{
    switch (gap) {
    case SITE_NO_IMPRINT:
        return "no_imprint";
    case SITE_PRIVATE:
        return "private";
    case SITE_NO_DIALOGUE:
        return "no_dialogue";
    case SITE_SWITCHED_OFF:
        return "switched_off";
    }
    return "";
}

int site_comments(struct op *op, const struct site *site, int64_t channel_id,
                  struct str *ret)
{
    struct channel_site own;
    int r = channel_site_get(op, channel_id, &own);

    if (r == 0)
        *ret = own.comments.n ? own.comments : site->comments;
    return r;
}
