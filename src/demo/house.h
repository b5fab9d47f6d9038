/* house.h - the shop itself: departments with their hours, colleagues, channels. */
#ifndef DEMO_HOUSE_H
#define DEMO_HOUSE_H

#include "work/connect.h"

enum { HOUSE_DEPARTMENTS = 4, HOUSE_COLLEAGUES = 10, HOUSE_PLACES = 8 };

struct colleague {
    const char *name, *first, *email, *role;
    int64_t id;
};

struct department_of_house {
    const char *name, *key; /* key: as the texts say */
    const char *hours;      /* "0-4 480-1200,5 540-960" */
    int agent, deputy;      /* of colleagues[] */
    int early, late;        /* minutes to a reaction, at the beginning and at the end */
    int64_t id;
};

struct place {
    const char *key;     /* as the texts say */
    const char *network; /* NULL: custom */
    const char *settings;
    const char *name, *kind_name, *icon, *thread_kind, *purpose, *mode;
    const char *account;    /* where its genuine account is; NULL: none to show */
    bool is_public, greets; /* greets: people write like in a letter */
    int owner, deputy;      /* of colleagues[]; -1: nobody */
    int department;         /* -1: none */
    int pace;               /* percent of a department's usual time */
    int64_t planned_minutes, target_ms;
    struct connected connected;
};

struct house {
    struct department_of_house departments[HOUSE_DEPARTMENTS];
    struct colleague colleagues[HOUSE_COLLEAGUES];
    struct place places[HOUSE_PLACES];
};

#define HOUSE_NAME "Radwerk Lindenau (Demo)"
/* Until all has happened it is called otherwise, so that what was interrupted is known.
 */
#define HOUSE_SLUG       "demo"
#define HOUSE_SLUG_BEGUN "demo-begun"
#define HOUSE_ZONE       "Europe/Berlin"

/* Makes all of it in a new workspace, at op->now; sets op->workspace. `hash`: of the
 * password that all colleagues have. What `ret` names lives in op->arena. */
int house_build(struct op *op, struct str hash, struct house *ret) MUST_CHECK;

/* NULL: the texts are wrong. */
struct place *house_place(struct house *house, struct str key);
struct department_of_house *house_department(struct house *house, struct str key);
/* Of the plan, before anything is built; NULL past the end. */
const struct colleague *house_colleague_at(size_t index);
struct colleague *house_colleague(struct house *house, struct str first);

#endif
