/* bluesky_media.c - the pictures of a reply on their way out.
 *
 * Each is a blob that our own server takes before the post, and names by a hash of its
 * bytes: bringing it once more gives the same name, and one that no post names vanishes.
 */
#include "base/picture.h"
#include "channel/bluesky.h"

enum { MAX_CID = 200 };

/* "bafkrei…": letters and digits of a base. */
static bool is_cid(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
            return false;
    }
    return text.n > 0 && text.n <= MAX_CID;
}

/* Nothing is posted yet, so whatever fails may be tried again, but for what the server
 * does not take, a picture that is too large or none. */
static int judge(int r, const struct bluesky_answer *answer, struct bluesky_blob *ret,
                 struct receipt *receipt)
{
    const struct json *blob;

    if (r)
        return r == BLUESKY_REFUSED ? SEND_REFUSED : SEND_LATER;
    if (answer->status / 100 != 2)
        return answer->status == 413 ||
                       (answer->status == 400 && !bluesky_is_token_refused(answer))
                   ? SEND_REFUSED
                   : SEND_LATER;
    blob = json_get(answer->json, "blob");
    ret->cid = json_text(json_get(blob, "ref"), "$link");
    ret->mime = json_text(blob, "mimeType");
    ret->size = json_int(blob, "size", 0);
    if (is_cid(ret->cid) && picture_is_mime(ret->mime) && ret->size > 0)
        return 0;
    receipt->reason = STR("the server took a picture and does not say what it calls it");
    return SEND_LATER;
}

int bluesky_media(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct bluesky_blob *ret,
                  struct receipt *receipt)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < out->file_count; i++) {
        const struct bluesky_question question = {
            .method = STR("com.atproto.repo.uploadBlob"),
            .bytes = out->files[i].bytes,
            .mime = out->files[i].mime,
        };
        struct bluesky_answer answer = { 0 };

        r = bluesky_ask(op, connection, &question, NULL, &answer, receipt);
        if (r >= 0)
            r = judge(r, &answer, &ret[i], receipt);
    }
    return r;
}

static void put_one(struct json_writer *w, const struct item_file *file,
                    const struct bluesky_blob *blob)
{
    struct picture picture = picture_look(file->bytes);

    json_begin_object(w, NULL);
    json_begin_object(w, "image");
    json_put_c(w, "$type", "blob");
    json_begin_object(w, "ref");
    json_put_text(w, "$link", blob->cid);
    json_end_object(w);
    json_put_text(w, "mimeType", blob->mime);
    json_put_int(w, "size", blob->size);
    json_end_object(w);
    json_put_text(w, "alt", file->description);
    if (picture.width) {
        json_begin_object(w, "aspectRatio");
        json_put_int(w, "width", picture.width);
        json_put_int(w, "height", picture.height);
        json_end_object(w);
    }
    json_end_object(w);
}

void bluesky_put_media(struct json_writer *w, const struct outbound *out,
                       const struct bluesky_blob *blobs)
{
    if (!out->file_count)
        return;
    json_begin_object(w, "embed");
    json_put_c(w, "$type", "app.bsky.embed.images");
    json_begin_array(w, "images");
    for (size_t i = 0; i < out->file_count; i++)
        put_one(w, &out->files[i], &blobs[i]);
    json_end_array(w);
    json_end_object(w);
}
