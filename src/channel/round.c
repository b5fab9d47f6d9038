/* round.c - what is still to be read of a network that shows its talk as trees. */
#include "channel/round.h"

#include "base/clock.h"

bool round_has(const struct round_ids *ids, struct str id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (str_eq(ids->list[i], id))
            return true;
    return false;
}

void round_add(struct round_ids *ids, struct str id)
{
    if (id.n && ids->count < ROUND_MAX_IDS && !round_has(ids, id))
        ids->list[ids->count++] = id;
}

void round_drop(struct round_ids *ids, struct str id)
{
    size_t kept = 0;

    for (size_t i = 0; i < ids->count; i++)
        if (!str_eq(ids->list[i], id))
            ids->list[kept++] = ids->list[i];
    ids->count = kept;
}

void round_read_ids(struct op *op, const struct json *list, round_id *id,
                    struct round_ids *ret)
{
    ret->count = 0;
    ret->list = arena_new(op->arena, struct str, ROUND_MAX_IDS);
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_TEXT)
            round_add(ret, id(op, list->items[i].text));
}

void round_write_ids(struct json_writer *w, const char *key, const struct round_ids *ids)
{
    json_begin_array(w, key);
    for (size_t i = 0; i < ids->count; i++)
        json_put_text(w, NULL, ids->list[i]);
    json_end_array(w);
}

static void read_watched(struct op *op, const struct json *list, round_id *id,
                         struct round *round)
{
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        struct round_tree *one = &round->watched[round->watched_count];

        if (round->watched_count == ROUND_MAX_WATCHED)
            return;
        one->id = id(op, json_text(&list->items[i], "id"));
        one->thread = id(op, json_text(&list->items[i], "thread"));
        one->at = json_int(&list->items[i], "at", 0);
        round->watched_count += one->id.n > 0;
    }
}

void round_read(struct op *op, const struct json *cursor, round_id *id, struct round *ret)
{
    *ret = (struct round){ .below = json_text(cursor, "below"),
                           .own = json_bool(cursor, "own"),
                           .listed = json_int(cursor, "listed", 0),
                           .swept = json_int(cursor, "swept", 0) };
    round_read_ids(op, json_get(cursor, "waiting"), id, &ret->waiting);
    round_read_ids(op, json_get(cursor, "sweep"), id, &ret->sweep);
    read_watched(op, json_get(cursor, "watched"), id, ret);
}

void round_write(struct json_writer *w, const struct round *round)
{
    json_put_text(w, "below", round->below);
    json_put_bool(w, "own", round->own);
    json_put_int(w, "listed", round->listed);
    json_put_int(w, "swept", round->swept);
    round_write_ids(w, "waiting", &round->waiting);
    round_write_ids(w, "sweep", &round->sweep);
    json_begin_array(w, "watched");
    for (size_t i = 0; i < round->watched_count; i++) {
        json_begin_object(w, NULL);
        json_put_text(w, "id", round->watched[i].id);
        json_put_text(w, "thread", round->watched[i].thread);
        json_put_int(w, "at", round->watched[i].at);
        json_end_object(w);
    }
    json_end_array(w);
}

enum round_step round_next(const struct op *op, const struct round *round,
                           size_t per_page, struct str *ret_id)
{
    bool room = round->waiting.count + per_page <= ROUND_MAX_IDS;

    if (!round->below.n && room && op->now - round->listed >= ROUND_LIST_MS)
        return ROUND_LIST;
    if (round->waiting.count || (!round->below.n && !round->own && round->sweep.count)) {
        *ret_id = round->waiting.count ? round->waiting.list[0] : round->sweep.list[0];
        return ROUND_TREE;
    }
    return !round->below.n && round->own ? ROUND_OWN : ROUND_LIST;
}

bool round_goes_on(const struct round *round)
{
    return round->waiting.count || round->below.n || round->own || round->sweep.count;
}

void round_listed(const struct op *op, struct round *round)
{
    if (op->now - round->swept < ROUND_SWEEP_MS || round->below.n)
        return;
    round->swept = op->now;
    round->own = true;
    for (size_t i = 0; i < round->watched_count; i++)
        round_add(&round->sweep, round->watched[i].id);
}

void round_done(struct round *round, struct str id)
{
    round_drop(&round->waiting, id);
    round_drop(&round->sweep, id);
}

struct round_tree *round_find(struct round *round, struct str id)
{
    for (size_t i = 0; i < round->watched_count; i++)
        if (str_eq(round->watched[i].id, id))
            return &round->watched[i];
    return NULL;
}

void round_forget(struct round *round, struct str id)
{
    struct round_tree *one = round_find(round, id);

    if (one)
        *one = round->watched[--round->watched_count];
}

void round_watch(struct round *round, const struct round_tree *tree)
{
    struct round_tree *one = &round->watched[0];

    if (round->watched_count < ROUND_MAX_WATCHED) {
        round->watched[round->watched_count++] = *tree;
        return;
    }
    for (size_t i = 1; i < ROUND_MAX_WATCHED; i++)
        if (round->watched[i].at < one->at)
            one = &round->watched[i];
    *one = *tree;
}
