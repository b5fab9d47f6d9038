/* record.h - state rows that the event log can rebuild.
 *
 * A record describes one state table: its columns, in the order of its SELECT
 * and INSERT statements, and where each lies in the C struct. Every change goes
 * through record_insert() or record_update(), which write the row and append
 * one event whose payload holds the new value of each changed column under the
 * column's name. So the log alone rebuilds the table (record_replay()), and
 * `draht verify` compares the two.
 *
 * Columns marked RECORD_WORDS (names, bodies, notes) hold words of people: they
 * are stored in the row alone and never enter the log (data-model.md, rule 5
 * in docs/); erasing a person overwrites the row and leaves the chain intact.
 *
 * TO ADD A STATE TABLE: (1) the table in schema/, (2) its struct and columns,
 * (3) statements in stmt.def: X_GET ($1 workspace, $2 id), X_ADD, X_SET, (4) one
 * line in records[] in cmd/cmd_verify.c.
 */
#ifndef EVENT_RECORD_H
#define EVENT_RECORD_H

#include "base/strbuf.h"
#include "db/db.h"
#include "event/event.h"

enum column_type {
    COLUMN_INT,  /* int64_t */
    COLUMN_BOOL, /* int64_t 0 or 1, JSON true/false */
    COLUMN_ID,   /* int64_t; 0 is NULL; JSON text */
    COLUMN_TIME, /* int64_t; 0 is NULL; JSON number of milliseconds in the log */
    COLUMN_TEXT, /* struct str; empty is stored as '' */
    COLUMN_KEY,  /* struct str; empty is NULL: for keys that may be missing */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    bool words; /* never enters the event log */
};

/* One line of a column table: the member has the column's name. */
#define COLUMN(owner, member, type_)                                                     \
    {                                                                                    \
#member, type_, offsetof(struct owner, member), false                            \
    }
#define COLUMN_WORDS(owner, member)                                                      \
    {                                                                                    \
#member, COLUMN_TEXT, offsetof(struct owner, member), true                       \
    }

/* The first column of every record is `id`. workspace_id is not listed: it is
 * $1 of every statement. X_ADD takes $1 workspace, $2... all columns in order;
 * X_SET the same; X_GET selects all columns in order WHERE workspace_id = $1
 * AND id = $2. At most RECORD_MAX_COLUMNS columns. */
enum { RECORD_MAX_COLUMNS = 60 };
struct record {
    const char *table;
    const struct column *columns; /* ends with { NULL } */
    size_t size;                  /* of the C struct */
    const struct db_stmt *get, *add, *set;
    const struct db_stmt *all; /* SELECT id ... WHERE workspace_id = $1, for verifying */
    const struct record_part *parts; /* NULL: `set` serves every change */
};

/* An update of a few columns that often change alone: SQLite writes every index of which
 * a column is named, changed or not. `columns` as in the record: the id and those that
 * $3... set. Parts end with { NULL }; the first that holds all that changed is taken. */
struct record_part {
    const struct db_stmt *set;
    const struct column *columns;
};

/* Read the current row of `rows` (after db_next() gave 1) into `row`. The
 * columns start at `first`. */
void record_read(struct op *op, const struct record *record, struct db_rows *rows,
                 int first, void *row);

enum { RECORD_NOT_FOUND = 1 };
int record_get(struct op *op, const struct record *record, int64_t id,
               void *ret) MUST_CHECK;

/* All rows of a statement that selects exactly the record's columns. `ret` is
 * the address of a `struct X *`; the array lives in op->arena. */
#define record_list(op, record, ret, ret_count, stmt, ...)                               \
    record_list_args((op), &(const struct record_rows){ (record), (ret), (ret_count) },  \
                     (stmt), DB_ARGS(__VA_ARGS__))
struct record_rows {
    const struct record *record;
    void *ret;
    size_t *ret_count;
};
int record_list_args(struct op *op, const struct record_rows *what,
                     const struct db_stmt *stmt, const struct db_arg *args,
                     size_t count) MUST_CHECK;

/* The first such row; RECORD_NOT_FOUND when there is none. */
#define record_find(op, record, ret, stmt, ...)                                          \
    record_find_args((op), (record), (ret), (stmt), DB_ARGS(__VA_ARGS__))
int record_find_args(struct op *op, const struct record *record, void *ret,
                     const struct db_stmt *stmt, const struct db_arg *args,
                     size_t count) MUST_CHECK;

/* `event` gives kind and subjects; its payload is made here from the columns
 * (and event->extra, JSON members of further facts). The row's id must be set. */
int record_insert(struct op *op, const struct record *record, const void *row,
                  struct event *event) MUST_CHECK;

/* Writes and logs what differs between `old` and `now`. Nothing differs and no
 * extra facts: nothing is written, no event. */
int record_update(struct op *op, const struct record *record, const void *old,
                  const void *now, struct event *event) MUST_CHECK;

/* Rows that change together and are one fact (a person, the profile and what it said)
 * are told together: between record_gather() and record_gather_done() each row whose
 * event `joins` is written at once and has no event of its own. The next event that takes
 * record_gathered() as its `with` tells it, in the member "_with": an array of payloads,
 * in the order of the changes. All that goes into the chain is then one row. Scopes do
 * not nest. One that is left without record_gather_done(), or with rows that nothing has
 * told, spoils the transaction around it (db_join()). */
struct record_gather {
    struct db_tx tx;
    struct strbuf parts;
};
#define RECORD_GATHER(name)                                                              \
    CLEANUP(record_gather_end) struct record_gather name = { .tx = { 0 } }
int record_gather(struct op *op, struct record_gather *gather) MUST_CHECK;
struct str record_gathered(struct op *op);
int record_gather_done(struct record_gather *gather) MUST_CHECK;
void record_gather_end(struct record_gather *gather);

/* Rebuild every row of op->workspace from the log and compare with the table,
 * words aside. RECORD_DIFFERS: `*ret_why` names the table, the row's id and the
 * column. `*ret_count` is the number of rows that were compared. The payload of an
 * event that changes a row begins with the member "_t", the table's name, and so does
 * each object in its "_with"; events that only state facts have neither. */
enum { RECORD_DIFFERS = 1 };
int record_verify(struct op *op, const struct record *record, int64_t *ret_count,
                  struct str *ret_why) MUST_CHECK;

#endif
