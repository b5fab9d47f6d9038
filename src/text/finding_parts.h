/* finding_parts.h - what the files that make the findings share. */
#ifndef TEXT_FINDING_PARTS_H
#define TEXT_FINDING_PARTS_H

#include "text/finding.h"

struct finding_parts {
    struct arena *arena;
    struct str text;
    const struct finding_setting *setting;
    struct findings out;
};

/* A finding that is certain; NULL when there is no room for it. */
struct finding *finding_add(struct finding_parts *parts, enum finding_kind kind,
                            enum finding_source source, struct str value);
bool finding_has(const struct finding_parts *parts, enum finding_kind kind);

/* What the lists and names of the setting say. */
void finding_by_lists(struct finding_parts *parts);

/* What was learned says the rest. */
void finding_by_model(struct finding_parts *parts);

#endif
