/* tls.c - OpenSSL between two memory buffers. */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>

struct tls {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
};

static int fail(struct op *op, const char *what, const char *file)
{
    char text[256];
    int r = op_fail(op, ERR_INVALID, "cannot use the TLS %s in \"%s\"", what, file);

    ERR_error_string_n(ERR_get_error(), text, sizeof(text));
    ERR_clear_error();
    return op_detail(op, r, "%s", text);
}

/* Only HTTP/1.1 is spoken. A client that does not offer it may try all the same. */
static int choose_protocol(SSL *ssl UNUSED, const unsigned char **ret,
                           unsigned char *ret_n, const unsigned char *offered,
                           unsigned int n, void *ctx UNUSED)
{
    static const unsigned char ours[] = "\x08http/1.1";

    if (SSL_select_next_proto((unsigned char **)(void *)ret, ret_n, ours,
                              sizeof(ours) - 1, offered, n) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    return SSL_TLSEXT_ERR_OK;
}

static void free_context(SSL_CTX **context)
{
    SSL_CTX_free(*context);
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void free_certificate(X509 **certificate)
{
    X509_free(*certificate);
}

int tls_days_left(struct op *op, const char *certificate, int *ret)
{
    CLEANUP(free_bio) BIO *file = BIO_new_file(certificate, "r");
    CLEANUP(free_certificate) X509 *x = NULL;
    int seconds;

    if (file)
        x = PEM_read_bio_X509(file, NULL, NULL, NULL);
    if (!x || ASN1_TIME_diff(ret, &seconds, NULL, X509_get0_notAfter(x)) != 1)
        return fail(op, "certificate", certificate);
    if (seconds < 0)
        *ret -= 1;
    return 0;
}

int tls_context(struct op *op, const char *certificate, const char *key, SSL_CTX **ret)
{
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context)
        abort();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* 34 KiB for each idle one */
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return fail(op, "certificate", certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return fail(op, "key", key);
    if (SSL_CTX_check_private_key(context) != 1)
        return fail(op, "key, which does not fit the certificate,", key);
    *ret = TAKE(context);
    return 0;
}

struct tls *tls_new(SSL_CTX *context)
{
    struct tls *tls = must_zalloc(sizeof(*tls));

    tls->ssl = SSL_new(context);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    if (!tls->ssl || !tls->in || !tls->out)
        abort();
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    SSL_set_accept_state(tls->ssl);
    return tls;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    free(tls);
}

void tls_feed(struct tls *tls, struct str ciphertext)
{
    if (ciphertext.n > 0 &&
        BIO_write(tls->in, ciphertext.p, (int)ciphertext.n) != (int)ciphertext.n)
        abort();
}

enum tls_read_result tls_read(struct tls *tls, char *to, size_t room, size_t *ret_n)
{
    int r;

    ERR_clear_error();
    r = SSL_read_ex(tls->ssl, to, room, ret_n);
    if (r == 1)
        return TLS_DATA;
    switch (SSL_get_error(tls->ssl, r)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_MORE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        ERR_clear_error();
        return TLS_BROKEN;
    }
}

bool tls_is_open(const struct tls *tls)
{
    return SSL_is_init_finished(tls->ssl);
}

bool tls_write(struct tls *tls, struct str plaintext)
{
    size_t done;

    ERR_clear_error();
    /* The memory buffer takes everything, so there are no partial writes. */
    return plaintext.n == 0 ||
           SSL_write_ex(tls->ssl, plaintext.p, plaintext.n, &done) == 1;
}

void tls_end(struct tls *tls)
{
    ERR_clear_error();
    if (tls_is_open(tls))
        SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

struct str tls_take(struct tls *tls)
{
    size_t n = BIO_ctrl_pending(tls->out);
    char *bytes;

    if (n == 0)
        return (struct str){ NULL, 0 };
    bytes = must_alloc(n);
    if (BIO_read(tls->out, bytes, (int)n) != (int)n)
        abort();
    return (struct str){ bytes, n };
}
