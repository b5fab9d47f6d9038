<?php
/* What a visitor of the peer sees: each post with the comments and the form of WordPress itself. */
?><!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><title><?php wp_title(''); ?></title></head><body>
<?php while (have_posts()) : the_post(); ?>
<article id="post-<?php the_ID(); ?>"><h1><?php the_title(); ?></h1><?php the_content(); ?></article>
<?php comments_template(); endwhile; ?>
</body></html>
