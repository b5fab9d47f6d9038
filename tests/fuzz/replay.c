/* replay.c - drive a fuzz target without a fuzzer.
 *
 *     replay FOLDER_OR_FILE...
 *
 * Each file is tried as it is, cut off at every length, and with single bytes
 * changed; always from a block of exactly its size, so that the sanitizer sees a
 * read past the end. A place that begins with "?" may be absent; any other must
 * be there, and must hold something.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { MAX_FILE = 1024 * 1024, MAX_MUTATED = 400 };

static int inputs;

static void try_bytes(const char *p, size_t n)
{
    uint8_t *exact = must_alloc(n);

    if (n)
        memcpy(exact, p, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    inputs++;
}

static void try_file(const char *path)
{
    static const char changes[] = { 0, 1, '"', '\\', '\n', 0x7f, (char)0x80, (char)0xff };
    char *p = must_alloc(MAX_FILE);
    FILE *file = fopen(path, "rb");
    size_t n;

    if (!file) {
        perror(path);
        exit(1);
    }
    n = fread(p, 1, MAX_FILE, file);
    fclose(file);
    try_bytes(p, n);
    for (size_t i = 0; i < n && i < MAX_MUTATED; i++) {
        char old = p[i];

        try_bytes(p, i);
        p[i] = changes[i % COUNT_OF(changes)];
        try_bytes(p, n < MAX_MUTATED ? n : MAX_MUTATED);
        p[i] = old;
    }
    free(p);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void try_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_name);

    for (int i = 0; i < count; i++) {
        char file[4096];

        snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            try_file(file);
        free(entries[i]);
    }
    free(entries);
}

/* False when it had to be there and had nothing. */
static bool try_place(const char *place)
{
    bool optional = place[0] == '?';
    const char *path = optional ? place + 1 : place;
    struct stat about;
    int before = inputs;

    if (stat(path, &about) < 0) {
        printf("# %s is not here%s\n", path, optional ? ", skipped" : "");
        return optional;
    }
    if (S_ISDIR(about.st_mode))
        try_folder(path);
    else
        try_file(path);
    printf("# %s: %d inputs\n", path, inputs - before);
    return inputs > before;
}

int main(int argc, char **argv)
{
    bool all = argc > 1;

    for (int i = 1; i < argc; i++)
        all &= try_place(argv[i]);
    return all ? 0 : 1;
}
