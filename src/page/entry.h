/* entry.h - a public form: its fields, what is wrong with them, and the form again with
 * everything that was typed.
 */
#ifndef PAGE_ENTRY_H
#define PAGE_ENTRY_H

#include "net/multipart.h"
#include "page/sheet.h"
#include "page/ticket.h"

enum { ENTRY_MAX_FIELDS = 12, ENTRY_MAX_CHOICES = 8 };

enum entry_kind { ENTRY_LINE = 1, ENTRY_TEXT, ENTRY_EMAIL, ENTRY_CHOICE, ENTRY_FILES };

struct entry_choice {
    const char *value;
    enum word word;
};

struct entry_field {
    const char *name; /* of the form's field */
    struct str label;
    enum entry_kind kind;
    bool required;
    size_t max; /* characters */
    enum word hint;
    bool has_hint;
    const struct entry_choice *choices; /* ENTRY_CHOICE; ends with { NULL } */
    /* What was sent: */
    struct str value;
    struct str error; /* in words; empty: in order */
};

struct entry {
    const char *form; /* of the ticket */
    int64_t subject;
    struct str action;
    enum word button;
    struct entry_field fields[ENTRY_MAX_FIELDS];
    size_t count;
    struct str also_name, also_value; /* one more hidden field; empty: none */
    struct ticket ticket;
    struct str error; /* of the whole form; empty: none */
    bool takes_files;
    const struct form *sent; /* NULL: a form that nobody sent yet */
};

/* Add a field; gives it for what is special about it. */
struct entry_field *entry_add(struct entry *entry, const char *name, struct str label,
                              enum entry_kind kind);

/* A new form. */
void entry_begin(struct sheet *page, struct entry *entry);
/* What was sent: 0, or ENTRY_WRONG, and the form is to be shown again (422). */
enum { ENTRY_WRONG = 1 };
int entry_read(struct sheet *page, struct entry *entry,
               const struct form *form) MUST_CHECK;
struct str entry_value(const struct entry *entry, const char *name);
/* Something is wrong that only the caller knows. */
void entry_refuse(struct sheet *page, struct entry *entry, enum word word);

int entry_put(struct sheet *page, const struct entry *entry) MUST_CHECK;

#endif
