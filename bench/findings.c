/* findings.c - what it costs to understand a message: all findings, round after round.
 *
 *   findings ROUNDS    over the messages below; prints messages per second of CPU
 *
 * The messages have 200 characters each. Called with two numbers of rounds under a tool
 * that counts instructions, the difference is what the messages alone take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "text/finding.h"

enum { CHARACTERS = 200 };

static const char *const messages[] = {
    "Guten Tag, seit drei Tagen warte ich auf den Techniker, der gestern zwischen 8 und "
    "12 kommen sollte. Niemand hat abgesagt, am Telefon hing ich vierzig Minuten in der "
    "Schleife. Wann kommt jemand vorbei",
    "Großes Lob an die nette Dame am Schalter in Lauental: Sie hat mir in fünf Minuten "
    "die richtige Karte herausgesucht, obwohl hinter mir eine lange Schlange stand. So "
    "macht das Reisen Freude! Dank Euch 😊",
    "Hello there, I ordered two lamps on Monday (order no. 4471-22) and only one of them "
    "has turned up. The other one is said to be delivered, but nobody here has seen it. "
    "Could you look into it, please? T",
    "hab jetz zum dritten mal versucht mich im portal anzumelden, kommt immer nur fehler "
    "500. könnt ihr euch bitte mal bei mir melden, tel 030 23125 0123, am besten nach 16 "
    "uhr, vorher bin ich weg, danke!!",
};

static double cpu_seconds(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static const struct finding_setting nothing;
    long rounds = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    double before = cpu_seconds();
    size_t found = 0;

    for (size_t m = 0; m < COUNT_OF(messages); m++) {
        size_t n = utf8_count(str_of(messages[m]));

        if (n != CHARACTERS) {
            fprintf(stderr, "findings: message %zu has %zu characters\n", m, n);
            return 1;
        }
    }
    for (long i = 0; i < rounds; i++) {
        for (size_t m = 0; m < COUNT_OF(messages); m++) {
            ARENA(arena);

            found += text_findings(&arena, str_of(messages[m]), &nothing).count;
        }
    }
    printf("findings %zu\nmessages_per_second %.0f\n", found,
           (double)rounds * COUNT_OF(messages) / (cpu_seconds() - before));
    return 0;
}
