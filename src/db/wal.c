/* wal.c - is SQLite's write-ahead log whole? */
#include "db/wal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { HEAD = 32, FRAME = 24, MIN_PAGE = 512, MAX_PAGE = 65536, TORN_COMMITS = 2 };

#define MAGIC UINT32_C(0x377f0682) /* the lowest bit: checksums of big-endian words */

struct log {
    int fd;
    unsigned char head[HEAD];
    uint32_t page, sums[2];
    bool big;
};

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t word(const struct log *log, const unsigned char *p)
{
    return log->big
               ? big_endian(p)
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* `n` is a multiple of eight. */
static void add(struct log *log, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        log->sums[0] += word(log, p + i) + log->sums[1];
        log->sums[1] += word(log, p + i + 4) + log->sums[0];
    }
}

static bool has_sums(const struct log *log, const unsigned char *p)
{
    return log->sums[0] == big_endian(p) && log->sums[1] == big_endian(p + 4);
}

static bool read_head(struct log *log)
{
    if (pread(log->fd, log->head, HEAD, 0) != HEAD)
        return false;
    log->big = big_endian(log->head) & 1;
    log->page = big_endian(log->head + 8);
    log->sums[0] = log->sums[1] = 0;
    add(log, log->head, HEAD - 8);
    return (big_endian(log->head) & ~UINT32_C(1)) == MAGIC && log->page >= MIN_PAGE &&
           log->page <= MAX_PAGE && has_sums(log, log->head + HEAD - 8);
}

/* Is the frame of this log, and not left over from before it began anew? */
static bool is_of_log(const struct log *log, const unsigned char *frame)
{
    return memcmp(frame + 8, log->head + 16, 8) == 0;
}

static void walk(struct log *log, unsigned char *frame, struct wal_look *ret)
{
    size_t n = FRAME + log->page;
    off_t at = HEAD;
    bool whole = true;

    for (; pread(log->fd, frame, n, at) == (ssize_t)n; at += (off_t)n) {
        if (whole) {
            add(log, frame, 8);
            add(log, frame + FRAME, log->page);
            whole = is_of_log(log, frame) && has_sums(log, frame + 16);
        }
        if (whole)
            ret->frames++;
        else if (is_of_log(log, frame) && big_endian(frame + 4) != 0)
            ret->commits++;
    }
}

bool wal_look(const char *path, struct wal_look *ret)
{
    struct log log = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
    unsigned char again[HEAD] = { 0 };
    unsigned char *frame;
    bool same = true;

    *ret = (struct wal_look){ 0, 0 };
    if (log.fd < 0)
        return true;
    if (read_head(&log)) {
        frame = must_alloc(FRAME + (size_t)log.page);
        walk(&log, frame, ret);
        free(frame);
        same =
            pread(log.fd, again, HEAD, 0) == HEAD && memcmp(again, log.head, HEAD) == 0;
    }
    close(log.fd);
    return same;
}

struct str wal_damaged_name(struct arena *arena, struct str database)
{
    return arena_fmt(arena, STR_FMT "-wal.damaged", STR_ARG(database));
}

static bool copy(int from, int to)
{
    char block[64 * 1024];
    ssize_t n;

    while ((n = read(from, block, sizeof(block))) > 0)
        if (write(to, block, (size_t)n) != n)
            return false;
    return n == 0 && fsync(to) == 0;
}

static bool keep(const char *path, const char *aside)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool kept = (to < 0 && errno == EEXIST) || (from >= 0 && to >= 0 && copy(from, to));

    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return kept;
}

void wal_keep_damaged(struct op *op, struct str database)
{
    const char *path = arena_fmt(op->arena, STR_FMT "-wal", STR_ARG(database)).p;
    struct str aside = wal_damaged_name(op->arena, database);
    struct wal_look look;

    if (!wal_look(path, &look) || look.commits <= TORN_COMMITS)
        return;
    log_line(
        LOG_ERROR, STR("disk"),
        "event=wal_damaged frame=%lld commits_lost=%lld kept=%s file=" STR_FMT
        " hint=\"the disk has changed what it was given: the last commits cannot be "
        "read; let the networks be polled again, and move the database to another disk\"",
        (long long)look.frames + 1, (long long)look.commits,
        keep(path, aside.p) ? "yes" : "no", STR_ARG(aside));
}
