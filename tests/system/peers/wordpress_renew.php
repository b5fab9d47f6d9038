<?php
/* The application passwords of the editor end, and a new one is made and printed. */
$_SERVER['HTTP_HOST'] = $argv[2];
require $argv[1] . '/wp-load.php';
WP_Application_Passwords::delete_all_application_passwords(1);
echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'Draht neu'])[0];
