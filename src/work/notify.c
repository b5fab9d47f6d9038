/* notify.c - what the house tells its own people, in their language. */
#include "work/notify.h"

#include "admin/workspace.h"
#include "work/works.h"

struct words {
    const char *kind, *language;
    const char *subject; /* the workspace */
    const char *text;    /* whom, the workspace, the address */
};

static const struct words words[] = {
    { "invitation", "de", "Einladung zu %s",
      "Hallo %s,\n\n"
      "hier geht es zum gemeinsamen Posteingang von %s:\n\n%s\n\n"
      "Der Link gilt sieben Tage und einmal. Dort wird ein Passwort gewählt, dann "
      "kann es losgehen.\n\n"
      "Kam diese Mail unerwartet? Dann genügt es, sie zu löschen.\n" },
    { "invitation", "en", "Invitation to %s",
      "Hello %s,\n\n"
      "this is the way to the shared inbox of %s:\n\n%s\n\n"
      "The link is valid for seven days and works once. Choose a password there, and you "
      "are in.\n\n"
      "You did not expect this mail? Then just delete it.\n" },
    { "reset", "de", "Neues Passwort für %s",
      "Hallo %s,\n\n"
      "hier lässt sich das Passwort für %s neu setzen:\n\n%s\n\n"
      "Der Link gilt 24 Stunden und einmal. Bis dahin gilt das alte Passwort weiter.\n\n"
      "Niemand hat darum gebeten? Dann genügt es, diese Mail zu löschen: es ändert sich "
      "nichts.\n" },
    { "reset", "en", "A new password for %s",
      "Hello %s,\n\n"
      "set a new password for %s here:\n\n%s\n\n"
      "The link is valid for 24 hours and works once. Until then the old password stays "
      "valid.\n\n"
      "Nobody asked for it? Then just delete this mail: nothing changes.\n" },
};

static const struct words *words_of(const char *kind, struct str language)
{
    const struct words *found = NULL;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i].kind, kind) == 0 &&
            (!found || str_is(language, words[i].language)))
            found = &words[i];
    return found;
}

void notify_fill(struct strbuf *out, const char *form, struct str one, struct str two,
                 struct str three)
{
    const struct str values[] = { one, two, three };
    struct str rest = str_of(form);

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        ptrdiff_t at = str_find(rest, STR("%s"));

        if (at < 0)
            break;
        strbuf_add(out, str_sub(rest, 0, (size_t)at));
        strbuf_add(out, values[i]);
        rest = str_sub(rest, (size_t)at + 2, rest.n);
    }
    strbuf_add(out, rest);
}

int notify_put(struct op *op, struct notice *notice)
{
    int r = notice_put(op, notice);

    return r < 0 ? r : job_add(op, work_notify.kind, notice->id, op->now);
}

int notify_link(struct op *op, const struct account *account, const char *kind,
                struct str url)
{
    const struct words *say = words_of(kind, account->language);
    struct notice notice = { .account_id = account->id, .kind = str_of(kind) };
    struct strbuf subject = STRBUF(op->arena), text = STRBUF(op->arena);
    struct workspace workspace;
    int64_t channel_id;
    int r = mailbox_find(op, MAILBOX_NOTICES, 0, &channel_id);

    if (r == 0)
        r = workspace_get(op, &workspace);
    if (r)
        return r;
    notify_fill(&subject, say->subject, workspace.name, STR(""), STR(""));
    notify_fill(&text, say->text, account->name, workspace.name, url);
    notice.subject = strbuf_str(&subject);
    notice.text = strbuf_str(&text);
    return notify_put(op, &notice);
}
