<?php
/* Sets the peer up once: people, settings, posts, application passwords. Prints JSON. */
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = $argv[2];
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$admin = wp_install('Werkstatt', 'redaktion', 'redaktion@example.org', false, '', 'geheim')['user_id'];
switch_theme('peer');
update_option('permalink_structure', '/%postname%/');
update_option('comment_moderation', '1');
update_option('comment_previously_approved', '0');
update_option('comments_notify', '0');
update_option('moderation_notify', '0');
update_option('timezone_string', 'Europe/Berlin');
update_option('thread_comments_depth', '10');
flush_rewrite_rules();

function password($user)
{
    return WP_Application_Passwords::create_new_application_password($user, ['name' => 'Draht'])[0];
}

/* The posts of a fresh installation make room for ours. */
foreach (get_posts(['post_type' => ['post', 'page'], 'post_status' => 'any']) as $old)
    wp_delete_post($old->ID, true);
$posts = [];
foreach (['Neue Kaffeemaschine', 'Sommerpause'] as $title)
    $posts[$title] = wp_insert_post(['post_title' => $title, 'post_content' => 'Was meint ihr?',
        'post_status' => 'publish', 'post_author' => $admin, 'comment_status' => 'open']);

$reader = wp_insert_user(['user_login' => 'leserin', 'user_pass' => 'geheim', 'role' => 'subscriber',
    'user_email' => 'leserin@example.org']);
echo json_encode(['admin' => $admin, 'password' => password($admin), 'posts' => $posts,
    'reader' => $reader, 'reader_password' => password($reader)]);
