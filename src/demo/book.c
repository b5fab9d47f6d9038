/* book.c - reading the texts of the demo and filling their slots. */
#include "demo/book.h"

#include "base/strbuf.h"

enum { MAX_LINES = 200 }; /* of one block */

struct reader {
    struct book *book;
    struct book_block *block, **end;
    const char *file;
    int line;
};

static bool begins_block(struct str word)
{
    return str_is(word, "scene") || str_is(word, "post") || str_is(word, "pool");
}

static int complain(struct op *op, const struct reader *r, const char *what)
{
    return op_fail(op, ERR_INVALID, "%s line %d: %s", r->file, r->line, what);
}

static int begin(struct op *op, struct reader *r, struct str kind, struct str rest)
{
    struct book_block *block = arena_new(op->arena, struct book_block, 1);

    block->kind = kind;
    block->name = str_cut(rest, ' ', &rest);
    if (!block->name.n)
        return complain(op, r, "a block needs a name");
    while (rest.n) {
        if (block->word_count == BOOK_MAX_WORDS)
            return complain(op, r, "a block has too many words");
        block->words[block->word_count++] = str_cut(rest, ' ', &rest);
    }
    block->lines = arena_new(op->arena, struct book_line, MAX_LINES);
    *r->end = r->block = block;
    r->end = &block->next;
    return 0;
}

static int add_wording(struct op *op, struct reader *r, struct str text)
{
    struct book_line *line =
        r->block->line_count ? &r->block->lines[r->block->line_count - 1] : NULL;

    if (!line)
        return complain(op, r, "another wording of what?");
    if (line->count == BOOK_MAX_WORDINGS)
        return complain(op, r, "a line has too many wordings");
    line->texts[line->count++] = text;
    return 0;
}

static int add_line(struct op *op, struct reader *r, struct str tag, struct str text)
{
    if (!r->block)
        return complain(op, r, "a line stands before the first block");
    if (!text.n)
        return complain(op, r, "a line has no text");
    if (str_is(tag, "|"))
        return add_wording(op, r, text);
    if (r->block->line_count == MAX_LINES)
        return complain(op, r, "a block has too many lines");
    r->block->lines[r->block->line_count++] =
        (struct book_line){ .tag = tag, .texts = { text }, .count = 1 };
    return 0;
}

static int read_line(struct op *op, struct reader *r, struct str line)
{
    struct str rest, word;

    line = str_trim(line);
    if (!line.n || line.p[0] == '#')
        return 0;
    word = str_cut(line, ' ', &rest);
    rest = str_trim(rest);
    return begins_block(word) ? begin(op, r, word, rest) : add_line(op, r, word, rest);
}

int book_read(struct op *op, const struct embedded *files, struct book *ret)
{
    struct book book = { NULL };
    struct reader reader = { .book = &book, .end = &book.first };

    for (; files->name; files++) {
        struct str rest = files->bytes;

        reader.file = files->name;
        reader.line = 0;
        reader.block = NULL; /* a block does not go on in the next file */
        while (rest.n) {
            struct str line = str_cut(rest, '\n', &rest);
            int r;

            reader.line++;
            r = read_line(op, &reader, line);
            if (r < 0)
                return r;
        }
    }
    *ret = book;
    return 0;
}

static const struct book_block *search(const struct book_block *block, const char *kind,
                                       struct str name)
{
    for (; block; block = block->next) {
        if (str_is(block->kind, kind) && (!name.n || str_eq(block->name, name)))
            return block;
    }
    return NULL;
}

const struct book_block *book_find(const struct book *book, const char *kind,
                                   struct str name)
{
    return search(book->first, kind, name);
}

const struct book_block *book_next(const struct book *book, const char *kind,
                                   const struct book_block *after)
{
    return search(after ? after->next : book->first, kind, STR(""));
}

static const struct slot *find_slot(const struct slot *slots, struct str name)
{
    for (; slots->name; slots++) {
        if (str_is(name, slots->name))
            return slots;
    }
    return NULL;
}

/* The slot that `text` begins with, or NULL; `*ret_n`: its bytes, braces included. */
static const struct slot *slot_at(struct str text, const struct slot *slots,
                                  size_t *ret_n)
{
    ptrdiff_t end;

    if (text.p[0] != '{')
        return NULL;
    end = str_find(text, STR("}"));
    if (end < 0)
        return NULL;
    *ret_n = (size_t)end + 1;
    return find_slot(slots, str_sub(text, 1, (size_t)end - 1));
}

struct str book_fill(struct arena *arena, struct str text, const struct slot *slots)
{
    struct strbuf b = STRBUF(arena);

    while (text.n) {
        size_t n = 1;
        const struct slot *slot = slot_at(text, slots, &n);

        if (slot) {
            strbuf_add(&b, slot->value);
        } else if (str_starts(text, STR("\\n"))) {
            strbuf_char(&b, '\n');
            n = 2;
        } else {
            strbuf_char(&b, text.p[0]);
            n = 1;
        }
        text = str_sub(text, n, text.n);
    }
    return b.n ? strbuf_str(&b) : STR("");
}
