/* db_sqlite_fts.c - the tokenizer "draht" for SQLite's full-text index.
 *
 * text/ has folded and stemmed the words already, once for both engines, so
 * here a token is just what stands between two spaces.
 */
#include "db/db_sqlite.h"

static int create(void *ctx UNUSED, const char **args UNUSED, int count UNUSED,
                  Fts5Tokenizer **ret)
{
    *ret = (Fts5Tokenizer *)must_alloc(1); /* it has no state, but must not be NULL */
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    free(tokenizer);
}

static int tokenize(Fts5Tokenizer *tokenizer UNUSED, void *ctx, int flags UNUSED,
                    const char *text, int n,
                    int (*found)(void *, int, const char *, int, int, int))
{
    int start = 0;
    int r;

    while (start < n) {
        const char *space = memchr(text + start, ' ', (size_t)(n - start));
        int end = space ? (int)(space - text) : n;

        if (end > start) {
            r = found(ctx, 0, text + start, end - start, start, end);
            if (r != SQLITE_OK)
                return r;
        }
        start = end + 1;
    }
    return SQLITE_OK;
}

int sqlite_add_tokenizer(sqlite3 *handle)
{
    fts5_tokenizer tokenizer = { create, destroy, tokenize };
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;
    int r;

    r = sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (r == SQLITE_OK) {
        sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    if (r != SQLITE_OK || !api)
        return r != SQLITE_OK ? r : SQLITE_ERROR;
    return api->xCreateTokenizer(api, "draht", NULL, &tokenizer, NULL);
}
