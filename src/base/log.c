/* log.c - lines of facts on standard error. */
#include "base/log.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

/* Longer lines are cut, so that one write stays one line among many threads. */
enum { MAX_LINE = 4096 };

static _Atomic int max_level = LOG_INFO;

static const char *const names[] = { "error", "info", "debug" };

void log_set_level(enum log_level level)
{
    atomic_store(&max_level, (int)level);
}

bool log_to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    bool taken;

    if (fd < 0)
        return false;
    taken = dup2(fd, STDERR_FILENO) >= 0;
    close(fd);
    return taken;
}

/* Control characters become '?', those above ASCII (C2 80 to C2 9F) too. */
static void flatten(char *line, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        unsigned char after = i + 1 < n ? (unsigned char)line[i + 1] : 0;

        if (c < 0x20 || c == 0x7f)
            line[i] = '?';
        if (c == 0xc2 && after >= 0x80 && after < 0xa0)
            line[i] = line[i + 1] = '?';
    }
}

static void write_all(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, p, n);

        if (done <= 0)
            return; /* nobody left to tell */
        p += done;
        n -= (size_t)done;
    }
}

struct str log_quoted(struct arena *arena, struct str text)
{
    struct strbuf quoted = STRBUF(arena);

    strbuf_char(&quoted, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            strbuf_char(&quoted, '\\');
        strbuf_char(&quoted, text.p[i]);
    }
    strbuf_char(&quoted, '"');
    return strbuf_str(&quoted);
}

void log_line(enum log_level level, struct str op_id, const char *fmt, ...)
{
    char line[MAX_LINE];
    struct str at;
    va_list args;
    size_t n;
    int added;

    if ((int)level > atomic_load(&max_level))
        return;
    ARENA(scratch);
    at = time_format(&scratch, clock_machine());
    added = snprintf(line, sizeof(line), "at=" STR_FMT " level=%s op=" STR_FMT " ",
                     STR_ARG(at), names[level], op_id.n ? (int)op_id.n : 1,
                     op_id.n ? op_id.p : "-");
    n = added < 0 ? 0 : (size_t)added;
    if (n < sizeof(line) - 1) {
        va_start(args, fmt);
        added = vsnprintf(line + n, sizeof(line) - n, fmt, args);
        va_end(args);
        n += added < 0 ? 0 : (size_t)added;
    }
    if (n > sizeof(line) - 1)
        n = sizeof(line) - 1;
    flatten(line, n);
    line[n] = '\n';
    write_all(line, n + 1);
}
