/* script.h - going through the lines of a play; its directives. */
#ifndef DEMO_SCRIPT_H
#define DEMO_SCRIPT_H

#include "demo/talk.h"

/* scene.c: the concern of one person. */
struct play *scene_new(struct op *op, struct demo *d, const struct book_block *block,
                       int64_t at);
/* A comment on a post, with (perhaps) an answer; wound up by itself. */
void scene_comment(struct op *op, struct demo *d, struct play *post, struct str text,
                   int64_t at);
/* Plans what comes next in a scene; for beats that stand between two lines. */
int scene_go_on(struct op *op, struct demo *d, struct play *p) MUST_CHECK;

/* thread.c: our post and all who say something below it. */
int thread_new(struct op *op, struct demo *d, const struct book_block *block) MUST_CHECK;

/* ask.c: the check-back of a solved scene, when it is due. */
void ask_plan(struct demo *d, struct play *p, int64_t due_at);

/* directive.c: runs the lines with the tag "!" that stand at p->line, and leaves p->line
 * behind them. */
int directives_run(struct op *op, struct demo *d, struct play *p) MUST_CHECK;
/* The file that a directive adds to the line at p->line. */
enum talk_file directives_file(const struct play *p);
/* Does a directive say `word` about the line at p->line? */
bool directives_say(const struct play *p, const char *word);

/* The text of a line, one of its wordings, slots filled. */
struct str script_text(struct op *op, struct demo *d, const struct play *p,
                       const struct book_line *line);
/* A text of a pool that suits who is spoken to. */
struct str script_any(struct op *op, struct demo *d, const struct play *p,
                      const char *pool);
/* Not in the small hours: when somebody would do it who sleeps at night. */
int64_t script_awake(struct op *op, struct demo *d, int64_t at);

#endif
