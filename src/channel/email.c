/* email.c - a mailbox: read over IMAP, answered by mail.
 *
 * The Message-ID of a reply is made of its key before the first try, so it can be found
 * again. A mail server tells nobody afterwards what it took; so each reply goes to our
 * own mailbox, too, and what stands there, or in the folder of what was sent, was taken.
 */
#include "channel/email_token.h"

#include "base/utf8.h"
#include "channel/mail.h"

enum { MAX_DAYS = 3650, MAX_PORT = 65535, MAX_AUTHORITY = 16384 };

static const char *const capabilities[] = { "private", "files", "read_back",
                                            "polling", "mail",  NULL };

static int check_address(struct op *op, const char *field, struct str text)
{
    return mail_is_address(str_trim(text))
               ? 0
               : op_fail_field_as(op, field, "not_an_email", "is no address of e-mail");
}

static int check_host(struct op *op, const char *field, struct str text)
{
    struct url url;
    int r = url_parse(
        op, arena_fmt(op->arena, "https://" STR_FMT "/", STR_ARG(str_trim(text))), &url);

    if (r == 0 && str_is(url.target, "/") && url.port == 443)
        return 0;
    op->err = (struct err){ 0 };
    return op_fail_field_as(op, field, "not_an_address",
                            "must be the name of a server alone, as imap.example.org");
}

static int check_line(struct op *op, const char *field, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ')
            return op_fail_field(op, field, "must be one line");
    return 0;
}

static int check_authority(struct op *op, const char *field, struct str text)
{
    if (!str_trim(text).n ||
        str_starts(str_trim(text), STR("-----BEGIN CERTIFICATE-----")))
        return 0;
    return op_fail_field_as(op, field, "wrong_type", "must be a certificate (PEM)");
}

static const struct setting settings[] = {
    { "address", SETTING_TEXT, "Address",
      "Of the mailbox, as people write to it; replies come from it.", .required = true,
      .check = check_address },
    { "name", SETTING_TEXT, "Name of the sender",
      "As it stands before the address in people's mailboxes.", .check = check_line },
    { "imap_host", SETTING_TEXT, "Server for reading (IMAP)",
      "imap.example.org; the provider's help names it.", .required = true,
      .check = check_host },
    { "imap_port", SETTING_INT, "Port for reading", "993 with TLS, 143 with STARTTLS.",
      .min = 1, .max = MAX_PORT, .fallback = 993 },
    { "imap_starttls", SETTING_BOOL, "Reading by STARTTLS",
      "TLS begins after the greeting. Without TLS nothing is sent at all." },
    { "smtp_host", SETTING_TEXT, "Server for sending (SMTP)",
      "smtp.example.org; the provider's help names it.", .required = true,
      .check = check_host },
    { "smtp_port", SETTING_INT, "Port for sending", "465 with TLS, 587 with STARTTLS.",
      .min = 1, .max = MAX_PORT, .fallback = 465 },
    { "smtp_starttls", SETTING_BOOL, "Sending by STARTTLS",
      "TLS begins after the greeting. Without TLS nothing is sent at all." },
    { "user", SETTING_TEXT, "User name", "Empty: the address.", .check = check_line },
    { "password", SETTING_TEXT, "Password",
      "Of the mailbox, or better one that the provider makes for programs. It goes to "
      "these servers alone. With tokens: the refresh token; of a client that has a "
      "secret, that secret and a blank before it.",
      .required = true, .secret = true },
    { "token_url", SETTING_URL, "Address for tokens (OAuth 2)",
      "Empty: the password is used as it is." },
    { "client_id", SETTING_TEXT, "Client of the tokens",
      "As the provider named this program.", .check = check_line },
    { "authority", SETTING_LINES, "Certificate of an authority of your own",
      "PEM. Only when the servers' certificates come from an authority that not "
      "everybody knows.",
      .max = MAX_AUTHORITY, .check = check_authority },
    { "sent_folder", SETTING_TEXT, "Folder for what was sent",
      "Empty: the one that the mailbox names so.", .check = check_line },
    { "no_copy", SETTING_BOOL, "No copy to the mailbox itself",
      "Without the copy a reply whose confirmation was lost must be looked after by a "
      "person." },
    { "subject_token", SETTING_BOOL, "Number in the subject",
      "[#123]: answers find their case also from programs that forget what they "
      "answer." },
    { "look_back_days", SETTING_INT, "Days to look back",
      "How old mails may be that are read at first.", .min = 0, .max = MAX_DAYS,
      .fallback = 14 },
    { NULL },
};

static struct str domain_of(struct str address)
{
    struct str domain;

    (void)str_cut(address, '@', &domain);
    return domain;
}

static struct str subject_of(struct op *op, const struct outbound *out, bool token)
{
    struct str title = out->thread_title.n ? out->thread_title : STR("…");
    struct str mark = STR("");

    if (out->subject.n)
        return out->subject;
    if (token && out->case_number)
        mark = arena_fmt(op->arena, " [#%lld]", (long long)out->case_number);
    return arena_fmt(op->arena, "Re: " STR_FMT STR_FMT, STR_ARG(title), STR_ARG(mark));
}

static bool is_id(struct str id)
{
    for (size_t i = 0; i < id.n; i++)
        if ((unsigned char)id.p[i] <= ' ' || strchr("<>", id.p[i]))
            return false;
    return id.n && !str_starts(id, STR("hash:"));
}

static struct str references_of(struct op *op, const struct outbound *out)
{
    struct str root = out->thread_external_id, parent = out->parent_external_id;

    root = is_id(root) ? root : STR("");
    parent = is_id(parent) && !str_eq(parent, root) ? parent : STR("");
    return arena_fmt(op->arena, STR_FMT "%s" STR_FMT, STR_ARG(root),
                     root.n && parent.n ? " " : "", STR_ARG(parent));
}

static int email_preview(struct op *op, const struct connection *connection,
                         const struct outbound *out, struct str handle UNUSED,
                         struct reply_look *ret)
{
    struct email_account account;

    email_account(op, connection->settings, &account);
    ret->from = account.name.n
                    ? arena_fmt(op->arena, STR_FMT " <" STR_FMT ">",
                                STR_ARG(account.name), STR_ARG(account.address))
                    : account.address;
    ret->to = out->to;
    ret->subject = subject_of(op, out, account.subject_token);
    ret->body = out->body;
    return 0;
}

/* {"to", "id"} on a line, and the mail behind it. */
static int email_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct mail_draft draft = { .to = { STR(""), out->to },
                                .references = references_of(op, out),
                                .text = out->body,
                                .date = op->now,
                                .files = out->files,
                                .file_count = out->file_count };
    struct email_account account;

    email_account(op, out->settings, &account);
    draft.from = (struct mail_address){ account.name, account.address };
    draft.subject = subject_of(op, out, account.subject_token);
    draft.in_reply_to =
        is_id(out->parent_external_id) ? out->parent_external_id : STR("");
    draft.message_id = arena_fmt(op->arena, STR_FMT "@" STR_FMT, STR_ARG(out->key),
                                 STR_ARG(domain_of(account.address)));
    json_begin_object(&w, NULL);
    json_put_text(&w, "to", out->to);
    json_put_text(&w, "id", draft.message_id);
    json_end_object(&w);
    *ret = arena_fmt(op->arena, STR_FMT "\n", STR_ARG(json_done(&w)));
    {
        struct strbuf all = STRBUF(op->arena);

        strbuf_add(&all, *ret);
        strbuf_add(&all, mail_write(op, &draft));
        *ret = strbuf_str(&all);
    }
    return 0;
}

/* What compose() made. */
static int read_letter(struct op *op, const struct outbound *out,
                       struct email_letter *ret, struct str *ret_id)
{
    struct json *json;
    struct str line = str_cut(out->bytes, '\n', &ret->mail);
    int r = json_parse(op, line, &json);

    if (r < 0)
        return r;
    ret->to = json_text(json, "to");
    *ret_id = json_text(json, "id");
    return 0;
}

static int search_id(struct op *op, struct imap *imap, struct str folder, struct str id,
                     struct imap_numbers *ret)
{
    struct imap_folder state;
    int r = imap_examine(op, imap, folder, NULL, &state);

    if (r)
        return r;
    return imap_search(
        op, imap,
        arena_fmt(op->arena, "HEADER Message-ID " STR_FMT, STR_ARG(imap_quote(op, id))),
        ret);
}

/* Beside the inbox it stands where other programs look for what was sent. That it cannot
 * be put there changes nothing: it was sent. */
static int keep_in_sent(struct op *op, const struct connection *connection,
                        const struct email_account *account, struct str id,
                        struct str mail)
{
    struct receipt unheard = { .reason = STR("") };
    struct imap_numbers found = { NULL, 0 };
    struct err before = op->err;
    struct imap imap;
    struct str sent = STR("");
    int r = imap_open(op, connection, account, &imap, &unheard);

    if (r == 0)
        r = imap_find_sent(op, &imap, account, &sent);
    if (r == 0 && sent.n)
        r = search_id(op, &imap, sent, id, &found);
    if (r == 0 && sent.n && !found.count)
        r = imap_append(op, &imap, sent, mail);
    if (r == 0)
        r = imap_do(op, &imap, STR("LOGOUT"), NULL, NULL);
    if (r < 0)
        op->err = before;
    return r;
}

static int email_send(struct op *op, const struct connection *connection,
                      const struct outbound *out, struct receipt *ret)
{
    struct email_account account;
    struct email_letter letter = { .copy = STR("") };
    struct str id;
    int r = read_letter(op, out, &letter, &id);

    if (r < 0)
        return r;
    email_account(op, connection->settings, &account);
    if (!mail_is_address(letter.to)) {
        ret->reason = STR("there is no address of e-mail to answer to");
        return SEND_REFUSED;
    }
    if (!account.no_copy && !str_eq_ignore_case(letter.to, account.address))
        letter.copy = account.address;
    r = smtp_send(op, connection, &account, &letter, ret);
    if (r)
        return r;
    (void)keep_in_sent(op, connection, &account, id, letter.mail);
    ret->external_id = id;
    return 0;
}

/* Everything that may hold it was looked through. */
static int judge_absence(const struct email_account *account, struct receipt *ret)
{
    if (account->no_copy) {
        ret->reason = STR("it is not in the mailbox, which need not know of it");
        return FIND_CANNOT_TELL;
    }
    ret->reason = STR("the mailbox has no copy of it");
    return FIND_ABSENT;
}

static int email_find(struct op *op, const struct connection *connection,
                      const struct outbound *out, struct receipt *ret)
{
    struct imap_numbers inbox = { NULL, 0 }, sent = { NULL, 0 };
    struct email_account account;
    struct email_letter letter;
    struct imap imap;
    struct str id, folder;
    int r = read_letter(op, out, &letter, &id);

    if (r < 0)
        return r;
    email_account(op, connection->settings, &account);
    r = imap_open(op, connection, &account, &imap, ret);
    if (r == 0)
        r = search_id(op, &imap, STR("INBOX"), id, &inbox);
    if (r == 0)
        r = imap_find_sent(op, &imap, &account, &folder);
    if (r == 0 && folder.n)
        r = search_id(op, &imap, folder, id, &sent);
    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    if (!inbox.count && !sent.count)
        return judge_absence(&account, ret);
    if (!sent.count)
        (void)keep_in_sent(op, connection, &account, id, letter.mail);
    ret->external_id = id;
    ret->copies = inbox.count > 1 ? (int64_t)inbox.count : 1;
    return 0;
}

static int email_tell(struct op *op, const struct connection *connection,
                      const struct house_mail *mail, struct receipt *ret)
{
    struct email_account account;
    struct mail_draft draft = { .to = { mail->name, mail->to },
                                .subject = mail->subject,
                                .text = mail->text,
                                .date = op->now,
                                .automatic = true };

    if (!mail_is_address(mail->to)) {
        ret->reason = STR("this is no address of e-mail");
        return SEND_REFUSED;
    }
    email_account(op, connection->settings, &account);
    draft.from = (struct mail_address){ account.name, account.address };
    draft.message_id = arena_fmt(op->arena, EMAIL_HOUSE_MARK STR_FMT "@" STR_FMT,
                                 STR_ARG(mail->key), STR_ARG(domain_of(account.address)));
    return smtp_send(op, connection, &account,
                     &(struct email_letter){ .to = mail->to,
                                             .copy = STR(""),
                                             .mail = mail_write(op, &draft) },
                     ret);
}

static int64_t email_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return MINUTES(5); /* the server may have to ask others before it delivers our copy */
}

static int email_verify(struct op *op, const struct connection *connection,
                        struct receipt *ret)
{
    struct imap_numbers all = { NULL, 0 };
    struct imap_folder state;
    struct email_account account;
    struct imap imap;
    struct str sent;
    int r;

    email_account(op, connection->settings, &account);
    r = imap_open(op, connection, &account, &imap, ret);
    if (r == 0)
        r = imap_examine(op, &imap, STR("INBOX"), NULL, &state);
    if (r == 0)
        r = imap_search(op, &imap, STR("ALL"), &all);
    if (r == 0)
        r = imap_find_sent(op, &imap, &account, &sent);
    if (r == 0)
        r = smtp_try(op, connection, &account, ret);
    if (r)
        return r < 0 ? r : VERIFY_FAILED;
    ret->reason = arena_fmt(op->arena,
                            "the mailbox of " STR_FMT
                            " can be read, %zu mails in it, and mails can be sent%s",
                            STR_ARG(account.address), all.count,
                            sent.n ? "" : "; it has no folder for what was sent");
    return 0;
}

const struct connector connector_email = {
    .network = "email",
    .name = "E-mail",
    .capabilities = capabilities,
    .settings = settings,
    .credential = "password",
    .site = email_site,
    .delivery = DELIVERY_MARKED,
    .shows_late = true,
    .poll_ms = MINUTES(1),
    .verify = email_verify,
    .token_life = email_token_life,
    .parse = email_parse,
    .show = email_show,
    .compose = email_compose,
    .preview = email_preview,
    .send = email_send,
    .find = email_find,
    .quiet_ms = email_quiet_ms,
    .poll = email_poll,
    .watch = email_watch,
    .tell = email_tell,
};
