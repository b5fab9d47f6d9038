/* person.c - people, their profiles, merging and parting them. */
#include "dialogue/person.h"

#include "admin/workspace.h"
#include "base/ids.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "db/search.h"
#include "dialogue/check_back.h"
#include "dialogue/conversation.h"
#include "dialogue/message.h"
#include "dialogue/stmt.h"
#include "text/words.h"

static const struct column person_columns[] = {
    COLUMN(person, id, COLUMN_ID),
    COLUMN_WORDS(person, name),
    COLUMN(person, relation, COLUMN_TEXT),
    COLUMN(person, contact_count, COLUMN_INT),
    COLUMN(person, address_form, COLUMN_TEXT),
    COLUMN(person, outreach_locked_at, COLUMN_TIME),
    COLUMN_WORDS(person, outreach_lock_reason),
    COLUMN_WORDS(person, note),
    COLUMN(person, first_seen_at, COLUMN_TIME),
    COLUMN(person, last_seen_at, COLUMN_TIME),
    COLUMN(person, merged_into, COLUMN_ID),
    { NULL },
};

static const struct column contact_columns[] = {
    COLUMN(person, id, COLUMN_ID),
    COLUMN(person, contact_count, COLUMN_INT),
    COLUMN(person, last_seen_at, COLUMN_TIME),
    { NULL },
};
static const struct column counted_columns[] = {
    COLUMN(person, id, COLUMN_ID),
    COLUMN(person, contact_count, COLUMN_INT),
    { NULL },
};
static const struct record_part person_parts[] = {
    { &SQL_PERSON_COUNTED, counted_columns },
    { &SQL_PERSON_CONTACT, contact_columns },
    { NULL },
};

const struct record person_record = {
    .table = "person",
    .columns = person_columns,
    .size = sizeof(struct person),
    .get = &SQL_PERSON_GET,
    .add = &SQL_PERSON_ADD,
    .set = &SQL_PERSON_SET,
    .all = &SQL_PERSON_ALL,
    .parts = person_parts,
};

static const struct column profile_columns[] = {
    COLUMN(profile, id, COLUMN_ID),
    COLUMN(profile, person_id, COLUMN_ID),
    COLUMN(profile, channel_id, COLUMN_ID),
    COLUMN_WORDS(profile, external_id),
    COLUMN_WORDS(profile, handle),
    COLUMN_WORDS(profile, name),
    COLUMN_WORDS(profile, url),
    COLUMN_WORDS(profile, avatar_url),
    COLUMN(profile, followers, COLUMN_INT),
    COLUMN(profile, is_us, COLUMN_BOOL),
    COLUMN(profile, impostor_at, COLUMN_TIME),
    COLUMN(profile, first_seen_at, COLUMN_TIME),
    { NULL },
};

const struct record profile_record = {
    .table = "profile",
    .columns = profile_columns,
    .size = sizeof(struct profile),
    .get = &SQL_PROFILE_GET,
    .add = &SQL_PROFILE_ADD,
    .set = &SQL_PROFILE_SET,
    .all = &SQL_PROFILE_ALL,
};

/* Names and handles of all profiles are found under the person's id. */
static int index_person(struct op *op, const struct person *person)
{
    struct strbuf text = STRBUF(op->arena);
    struct profile *profiles;
    size_t count;
    int r;

    r = profile_list(op, person->id, &profiles, &count);
    if (r < 0)
        return r;
    strbuf_add(&text, person->name);
    for (size_t i = 0; i < count; i++) {
        strbuf_char(&text, ' ');
        strbuf_add(&text, profiles[i].name);
        strbuf_char(&text, ' ');
        strbuf_add(&text, profiles[i].handle);
    }
    return search_put(op, SEARCH_PERSON, person->id,
                      text_words(op->arena, strbuf_str(&text)));
}

static struct event person_event(const char *kind, int64_t person_id)
{
    return (
        struct event){ .kind = kind, .person_id = person_id, .subject_id = person_id };
}

static int change(struct op *op, const struct person *old, const struct person *now,
                  const char *kind)
{
    struct event event = person_event(kind, old->id);

    return record_update(op, &person_record, old, now, &event);
}

bool profile_is_proved(const struct profile *profile)
{
    return !str_starts(profile->external_id, STR(PROFILE_TYPED));
}

int person_get(struct op *op, int64_t id, struct person *ret)
{
    struct person person;
    int r;

    /* A chain of merges is short; 32 stops a damaged one from turning in a circle. */
    for (int step = 0; step < 32; step++) {
        r = record_get(op, &person_record, id, &person);
        if (r != 0)
            return r;
        if (person.merged_into == 0) {
            *ret = person;
            return 0;
        }
        id = person.merged_into;
    }
    return op_fail(op, ERR_INTERNAL, "the merges of person %lld turn in a circle",
                   (long long)id);
}

int profile_get(struct op *op, int64_t id, struct profile *ret)
{
    return record_get(op, &profile_record, id, ret);
}

static struct str first_of(struct str a, struct str b, struct str c)
{
    if (a.n)
        return a;
    return b.n ? b : c;
}

/* Everything but the name, the times and the count is made here. */
static int add_person(struct op *op, struct person *person)
{
    struct event event;

    person->id = id_next(op);
    person->relation = STR("unknown");
    event = person_event("person.created", person->id);
    event.joins = true;
    return record_insert(op, &person_record, person, &event);
}

/* Who gave no name is called unknown, in the language of the house. */
static int name_of(struct op *op, const struct author *author, struct str *ret)
{
    struct workspace workspace;
    int r;

    *ret = first_of(author->name, author->handle, (struct str){ 0 });
    if (ret->n)
        return 0;
    r = workspace_get(op, &workspace);
    if (r >= 0)
        *ret = str_is(workspace.language, "en") ? STR("unknown") : STR("unbekannt");
    return r;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* One more message from this person. */
static int count_contact(struct op *op, const struct person *old, int64_t at)
{
    struct event event = person_event("person.contact", old->id);
    struct person now = *old;

    event.joins = true;
    now.contact_count++;
    now.last_seen_at = later(at, old->last_seen_at);
    return record_update(op, &person_record, old, &now, &event);
}

static int count_contact_of(struct op *op, int64_t person_id, int64_t at)
{
    struct person person;
    int r = person_get(op, person_id, &person);

    if (r)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a profile has no person");
    return count_contact(op, &person, at);
}

/* Whose new profile it is: somebody's who is known, else a new person's. */
enum { PERSON_IS_NEW = 1 };
static int person_of(struct op *op, const struct author *author, int64_t at,
                     struct person *ret)
{
    int r = author->person_id ? person_get(op, author->person_id, ret) : RECORD_NOT_FOUND;

    if (r == 0 && !author->is_us)
        r = count_contact(op, ret, at);
    if (r != RECORD_NOT_FOUND)
        return r;
    *ret = (struct person){ .first_seen_at = op->now, .last_seen_at = op->now };
    if (!author->is_us) {
        ret->contact_count = 1;
        ret->last_seen_at = later(at, op->now);
    }
    r = name_of(op, author, &ret->name);
    if (r >= 0)
        r = add_person(op, ret);
    return r < 0 ? r : PERSON_IS_NEW;
}

/* As index_person() does it, when there is nothing to look for and to replace. */
static int index_new(struct op *op, const struct person *person,
                     const struct profile *profile)
{
    struct str text =
        arena_fmt(op->arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(person->name),
                  STR_ARG(profile->name), STR_ARG(profile->handle));

    return search_add(op, SEARCH_PERSON, person->id, text_words(op->arena, text));
}

static int add_profile(struct op *op, int64_t channel_id, const struct author *author,
                       int64_t at, struct str key, struct profile *ret)
{
    struct event event = { .kind = "profile.created",
                           .channel_id = channel_id,
                           .joins = true };
    struct profile profile;
    struct person person;
    int r = person_of(op, author, at, &person);
    bool is_new = r == PERSON_IS_NEW;

    if (r < 0)
        return r;
    profile = (struct profile){
        .id = id_next(op),
        .person_id = person.id,
        .channel_id = channel_id,
        .handle = author->handle,
        .name = author->name,
        .url = author->url,
        .avatar_url = author->avatar_url,
        .followers = author->followers,
        .is_us = author->is_us,
        .first_seen_at = op->now,
    };
    profile.external_id =
        key.n ? key : arena_fmt(op->arena, "unknown:%lld", (long long)profile.id);
    event.person_id = person.id;
    event.subject_id = profile.id;
    r = record_insert(op, &profile_record, &profile, &event);
    if (r < 0)
        return r;
    r = is_new ? index_new(op, &person, &profile) : index_person(op, &person);
    if (r < 0)
        return r;
    *ret = profile;
    return 0;
}

/* What the network says now replaces what it said before; silence changes nothing. */
static int refresh(struct op *op, struct profile *profile, const struct author *author)
{
    struct event event = {
        .kind = "profile.updated",
        .person_id = profile->person_id,
        .channel_id = profile->channel_id,
        .subject_id = profile->id,
        .joins = true,
    };
    struct profile old = *profile;
    struct person person;
    int r;

    profile->handle = first_of(author->handle, old.handle, old.handle);
    profile->name = first_of(author->name, old.name, old.name);
    profile->url = first_of(author->url, old.url, old.url);
    profile->avatar_url = first_of(author->avatar_url, old.avatar_url, old.avatar_url);
    if (author->followers)
        profile->followers = author->followers;
    profile->is_us = author->is_us;
    r = record_update(op, &profile_record, &old, profile, &event);
    if (r < 0 || (str_eq(old.name, profile->name) && str_eq(old.handle, profile->handle)))
        return r;
    r = person_get(op, profile->person_id, &person);
    return r == 0 ? index_person(op, &person) : r;
}

/* By what an author is known again: the network's id, else the handle. A bare name
 * is none: two people called Anna are two people. */
static struct str key_of(struct op *op, const struct author *author)
{
    if (author->external_id.n || author->handle.n == 0)
        return author->external_id;
    return arena_fmt(op->arena, "handle:" STR_FMT, STR_ARG(author->handle));
}

int profile_of_author(struct op *op, int64_t channel_id, const struct author *author,
                      int64_t at, struct profile *ret)
{
    struct str key = key_of(op, author);
    struct profile profile;
    int r = RECORD_NOT_FOUND;

    if (key.n)
        r = record_find(op, &profile_record, &profile, &SQL_PROFILE_BY_EXTERNAL_ID,
                        ARG_WS, ARG_INT(channel_id), ARG_TEXT(key));
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND) {
        r = add_profile(op, channel_id, author, at, key, &profile);
    } else {
        r = refresh(op, &profile, author);
        if (r >= 0 && !author->is_us)
            r = count_contact_of(op, profile.person_id, at);
    }
    if (r < 0)
        return r;
    *ret = profile;
    return 0;
}

static bool is_one_of(struct str s, const char *const *choices)
{
    for (; *choices; choices++) {
        if (str_is(s, *choices))
            return true;
    }
    return false;
}

int person_update(struct op *op, const struct person *old, const struct person *now)
{
    static const char *const relations[] = { "follower", "fan",   "customer", "prospect",
                                             "supplier", "media", "unknown",  NULL };
    static const char *const forms[] = { "du", "sie", "", NULL };
    int r;

    if (!is_one_of(now->relation, relations))
        return op_fail_field_as(op, "relation", "not_a_choice",
                                "is none of the known relations");
    if (!is_one_of(now->address_form, forms))
        return op_fail_field_as(op, "address_form", "not_a_choice",
                                "is neither du nor sie");
    r = change(op, old, now, "person.updated");
    if (r < 0)
        return r;
    return str_eq(old->name, now->name) ? 0 : index_person(op, now);
}

static int move_profile(struct op *op, const struct profile *old, int64_t person_id)
{
    struct event event = {
        .kind = "profile.moved",
        .person_id = person_id,
        .channel_id = old->channel_id,
        .subject_id = old->id,
    };
    struct profile now = *old;

    now.person_id = person_id;
    return record_update(op, &profile_record, old, &now, &event);
}

/* Conversations and messages of one profile follow it to its person. */
static int move_talk(struct op *op, int64_t profile_id, int64_t from, int64_t person_id)
{
    struct conversation *conversations;
    struct message *messages;
    size_t n;
    int r;

    r = record_list(op, &conversation_record, &conversations, &n,
                    &SQL_CONVERSATION_OF_PROFILE, ARG_WS, ARG_INT(from),
                    ARG_INT(profile_id));
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct conversation now = conversations[i];

        now.person_id = person_id;
        r = conversation_update(op, &conversations[i], &now,
                                "conversation.person_changed", (struct str){ 0 });
    }
    if (r < 0)
        return r;
    r = record_list(op, &message_record, &messages, &n, &SQL_MESSAGE_OF_PROFILE, ARG_WS,
                    ARG_INT(from), ARG_INT(profile_id));
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct message now = messages[i];

        now.person_id = person_id;
        r = message_update(op, &messages[i], &now, "message.person_changed");
    }
    return r;
}

static int move_all(struct op *op, int64_t from, int64_t into)
{
    struct profile *profiles;
    size_t n;
    int r;

    r = profile_list(op, from, &profiles, &n);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        r = move_profile(op, &profiles[i], into);
        if (r >= 0)
            r = move_talk(op, profiles[i].id, from, into);
    }
    return r;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int need(struct op *op, int64_t id, struct person *ret)
{
    int r = person_get(op, id, ret);

    return r == RECORD_NOT_FOUND
               ? op_fail(op, ERR_NOT_FOUND, "there is no person %lld", (long long)id)
               : r;
}

int person_merge(struct op *op, int64_t from, int64_t into)
{
    struct person source, target, now;
    int r;

    r = need(op, from, &source);
    if (r < 0)
        return r;
    r = need(op, into, &target);
    if (r < 0)
        return r;
    if (source.id == target.id)
        return op_fail_as(op, ERR_CONFLICT, "same_person",
                          "these two are already one person");
    r = move_all(op, source.id, target.id);
    if (r >= 0)
        r = check_back_move_person(op, source.id, target.id);
    if (r < 0)
        return r;
    now = target;
    now.contact_count += source.contact_count;
    now.first_seen_at = earlier(source.first_seen_at, target.first_seen_at);
    now.last_seen_at = later(source.last_seen_at, target.last_seen_at);
    if (!now.outreach_locked_at) { /* "do not write to me" holds for the whole person */
        now.outreach_locked_at = source.outreach_locked_at;
        now.outreach_lock_reason = source.outreach_lock_reason;
    }
    r = change(op, &target, &now, "person.updated");
    if (r >= 0 && now.outreach_locked_at)
        r = check_back_cancel_person(op, now.id, "opted_out");
    if (r < 0)
        return r;
    target = now;
    now = source;
    now.merged_into = target.id;
    r = change(op, &source, &now, "person.merged");
    return r < 0 ? r : index_person(op, &target);
}

int profile_unlink(struct op *op, int64_t profile_id, int64_t *ret_person_id)
{
    struct profile profile;
    struct profile *all;
    struct person person, old;
    size_t count;
    int r;

    r = profile_get(op, profile_id, &profile);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no profile %lld",
                       (long long)profile_id);
    r = profile_list(op, profile.person_id, &all, &count);
    if (r < 0)
        return r;
    if (count < 2)
        return op_fail_as(op, ERR_CONFLICT, "only_profile",
                          "this is the person's only profile");
    r = need(op, profile.person_id, &old);
    if (r < 0)
        return r;
    person = (struct person){ .first_seen_at = profile.first_seen_at,
                              .last_seen_at = profile.first_seen_at };
    person.name = first_of(profile.name, profile.handle, (struct str){ 0 });
    r = add_person(op, &person);
    if (r < 0)
        return r;
    r = move_profile(op, &profile, person.id);
    if (r < 0)
        return r;
    r = move_talk(op, profile.id, profile.person_id, person.id);
    if (r < 0)
        return r;
    r = index_person(op, &person);
    if (r < 0)
        return r;
    r = index_person(op, &old);
    if (r < 0)
        return r;
    *ret_person_id = person.id;
    return 0;
}

int profile_mark_impostor(struct op *op, int64_t profile_id, bool impostor)
{
    struct event event = { .kind = "profile.impostor", .subject_id = profile_id };
    struct profile old, now;
    int r;

    r = profile_get(op, profile_id, &old);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no profile %lld",
                       (long long)profile_id);
    if (old.is_us)
        return op_fail_as(op, ERR_CONFLICT, "own_profile",
                          "this profile is our own account");
    now = old;
    now.impostor_at = impostor ? op->now : 0;
    event.person_id = old.person_id;
    event.channel_id = old.channel_id;
    return record_update(op, &profile_record, &old, &now, &event);
}

int person_list(struct op *op, int64_t before_at, int64_t before_id, int64_t limit,
                struct person **ret, size_t *ret_count)
{
    return record_list(op, &person_record, ret, ret_count, &SQL_PERSON_LIST, ARG_WS,
                       ARG_INT(before_at ? before_at : INT64_MAX), ARG_INT(before_id),
                       ARG_INT(limit));
}

int profile_list(struct op *op, int64_t person_id, struct profile **ret,
                 size_t *ret_count)
{
    return record_list(op, &profile_record, ret, ret_count, &SQL_PROFILE_LIST, ARG_WS,
                       ARG_INT(person_id));
}

int person_wrote(struct op *op, int64_t person_id, bool *ret)
{
    int64_t one;
    int r = db_number(op, &one, &SQL_PERSON_WROTE, ARG_WS, ARG_INT(person_id));

    if (r < 0)
        return r;
    *ret = r != DB_NO_ROW;
    return 0;
}
