/* role.c - roles are rows with names of rights. */
#include "admin/role.h"

#include "admin/account.h"
#include "admin/stmt.h"
#include "base/strbuf.h"
#include "base/ids.h"

static const struct column columns[] = {
    COLUMN(role, id, COLUMN_ID),
    COLUMN(role, slug, COLUMN_TEXT),
    COLUMN_WORDS(role, name),
    COLUMN(role, rights, COLUMN_TEXT),
    COLUMN(role, created_at, COLUMN_TIME),
    { NULL },
};

const struct record role_record = {
    .table = "role",
    .columns = columns,
    .size = sizeof(struct role),
    .get = &SQL_ROLE_GET,
    .add = &SQL_ROLE_ADD,
    .set = &SQL_ROLE_SET,
    .all = &SQL_ROLE_ALL,
};

static const char *const rights[] = {
    "read", "draft",  "answer",   "note",     "work",  "approve", "moderate", "release",
    "hold", "report", "channels", "settings", "users", "secrets", "audit",
};

static const struct {
    const char *slug, *german, *english, *rights;
} usual[] = {
    { "administrator", "Administration", "Administrator",
      "read draft answer note work approve moderate release hold report channels "
      "settings "
      "users secrets audit" },
    { "manager", "Leitung", "Manager",
      "read draft answer note work approve moderate release hold report channels "
      "settings "
      "audit" },
    { "coordinator", "Koordination", "Coordinator", "read note report release hold" },
    { "agent", "Dialog", "Agent", "read draft answer note work moderate report" },
    { "trainee", "In Einarbeitung", "Trainee", "read draft note" },
    { "legal", "Recht", "Legal", "read note approve release hold audit report" },
    { "reader", "Lesen", "Reader", "read report" },
};

const char *role_right_at(size_t index)
{
    return index < COUNT_OF(rights) ? rights[index] : NULL;
}

bool role_is_right(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(rights); i++)
        if (str_is(name, rights[i]))
            return true;
    return false;
}

bool role_has(struct str list, const char *right)
{
    while (list.n > 0)
        if (str_is(str_cut(list, ' ', &list), right))
            return true;
    return false;
}

int role_add_usual(struct op *op, struct str language)
{
    for (size_t i = 0; i < COUNT_OF(usual); i++) {
        struct event event = { .kind = "role.created" };
        struct role role = {
            .id = id_next(op),
            .slug = str_of(usual[i].slug),
            .name = str_of(str_is(language, "en") ? usual[i].english : usual[i].german),
            .rights = str_of(usual[i].rights),
            .created_at = op->now,
        };
        event.subject_id = role.id;
        int r = record_insert(op, &role_record, &role, &event);
        if (r < 0)
            return r;
    }
    return 0;
}

int role_get(struct op *op, int64_t id, struct role *ret)
{
    int r = record_get(op, &role_record, id, ret);

    return r == RECORD_NOT_FOUND ? ROLE_NOT_FOUND : r;
}

int role_by_slug(struct op *op, struct str slug, struct role *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ROLE_BY_SLUG, ARG_WS, ARG_TEXT(slug));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ROLE_NOT_FOUND;
    record_read(op, &role_record, rows, 0, ret);
    return 0;
}

int role_list(struct op *op, struct role **ret, size_t *ret_count)
{
    struct role *list = arena_new(op->arena, struct role, ROLE_MAX);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ROLE_LIST, ARG_WS, ARG_INT(ROLE_MAX));

    if (r < 0)
        return r;
    while (n < ROLE_MAX && (r = db_next(op, rows)) > 0)
        record_read(op, &role_record, rows, 0, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

/* The same rights in the order of the table, each once. */
static int tidy(struct op *op, struct str list, struct str *ret)
{
    struct strbuf out = STRBUF(op->arena);

    for (struct str rest = list; rest.n > 0;) {
        struct str word = str_cut(rest, ' ', &rest);
        if (word.n > 0 && !role_is_right(word))
            return op_fail_field_as(op, "rights", "unknown", "has no right " STR_FMT,
                                    STR_ARG(str_sub(word, 0, 40)));
    }
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        if (!role_has(list, rights[i]))
            continue;
        if (out.n > 0)
            strbuf_char(&out, ' ');
        strbuf_add(&out, str_of(rights[i]));
    }
    *ret = strbuf_str(&out);
    return 0;
}

int role_update(struct op *op, const struct role *old, const struct role *now)
{
    struct event event = { .kind = "role.updated", .subject_id = now->id };
    struct role changed = *now;
    int r = tidy(op, now->rights, &changed.rights);

    if (r < 0)
        return r;
    r = record_update(op, &role_record, old, &changed, &event);
    if (r == 0 && role_has(old->rights, "users") && !role_has(changed.rights, "users"))
        r = account_check_managers(op);
    return r;
}
