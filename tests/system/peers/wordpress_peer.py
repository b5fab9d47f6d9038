"""wordpress_peer.py - a WordPress of its own on loopback, and the people who visit it.

Debian's packages `wordpress`, `mariadb-server`, `php-cli` and `php-mysql` are what it is made of; without
them a test skips and says so. Its visitors use the pages that WordPress makes, its editors the
interface of WordPress: nothing here is code of Draht.
"""
import base64
import glob
import html
import json
import os
import re
import shutil
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = "/usr/share/wordpress"
PACKAGES = "wordpress mariadb-server php-cli php-mysql"


def missing():
    """What cannot be started here, in words; empty when all is there."""
    lacks = [name for name in ("mariadbd", "mariadb-install-db", "php") if not shutil.which(name)]
    if not os.path.exists(SOURCE + "/wp-load.php"):
        lacks.append(SOURCE)
    if not lacks and not glob.glob("/usr/lib/php/*/mysqli.so"):
        lacks.append("PHP's mysqli")
    return f"no {', '.join(lacks)}: install {PACKAGES}" if lacks else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(probe, what, seconds=60):
    end = time.monotonic() + seconds
    while not probe():
        if time.monotonic() > end:
            raise AssertionError("waited too long for " + what)
        time.sleep(0.05)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Page:
    """What a plain client got: status, headers, text."""

    def __init__(self, answer):
        self.status, self.headers, self.url = answer.status, answer.headers, answer.url
        self.text = answer.read().decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)


def fetch(url, data=None, headers=None, method=None):
    request = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Page(answer)
    except urllib.error.HTTPError as answer:
        return Page(answer)


class WordPress:
    """The whole peer in one folder. Stopped and started again it is the same site."""

    def __init__(self, folder):
        lacks = missing()
        if lacks:
            raise unittest.SkipTest("not run: " + lacks)
        self.folder = os.path.join(folder, "wordpress")
        self.root = os.path.join(self.folder, "site")
        self.port, self.database = free_port(), None
        self.url, self.web = f"http://127.0.0.1:{self.port}", None
        os.makedirs(self.folder)
        self._start_database()
        self._copy_site()
        self.known = json.loads(self._php("wordpress_install.php", self.root, f"127.0.0.1:{self.port}"))
        self.password = self.known["password"]
        self.start()

    def _as_database(self):
        return ["--user=mysql"] if os.getuid() == 0 else []

    def _start_database(self):
        data, self.socket = self.folder + "/db", self.folder + "/db.sock"
        if os.getuid() == 0:
            os.chmod(os.path.dirname(self.folder), 0o755)
            shutil.chown(self.folder, "mysql")
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                        "--auth-root-authentication-method=normal", *self._as_database()],
                       check=True, capture_output=True, timeout=120)
        with open(self.folder + "/db.log", "wb") as log:
            self.database = subprocess.Popen(
                ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={self.socket}",
                 "--skip-networking", "--innodb-flush-log-at-trx-commit=0", *self._as_database()],
                stdout=log, stderr=log)
        wait_for(lambda: os.path.exists(self.socket), "the database")
        subprocess.run(["mariadb", "--no-defaults", "-uroot", f"--socket={self.socket}", "-e",
                        "CREATE DATABASE peer CHARACTER SET utf8mb4"], check=True, timeout=60)

    def _copy_site(self):
        shutil.copytree(SOURCE, self.root, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
        os.makedirs(self.root + "/wp-content/themes", exist_ok=True)
        shutil.copytree(HERE + "/wordpress_theme", self.root + "/wp-content/themes/peer")
        names = {"DB_NAME": "peer", "DB_USER": "root", "DB_PASSWORD": "",
                 "DB_HOST": "localhost:" + self.socket, "DB_CHARSET": "utf8mb4",
                 "WP_HOME": self.url, "WP_SITEURL": self.url, "WP_ENVIRONMENT_TYPE": "local",
                 "WP_DEFAULT_THEME": "peer"}
        lines = [f"define('{name}', '{value}');" for name, value in names.items()]
        lines += [f"define('{name}', true);" for name in
                  ("WP_HTTP_BLOCK_EXTERNAL", "DISABLE_WP_CRON", "AUTOMATIC_UPDATER_DISABLED")]
        with open(self.root + "/wp-config.php", "w", encoding="utf-8") as file:
            file.write("<?php\n" + "\n".join(lines) + "\n$table_prefix = 'wp_';\n"
                       "if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');\n"
                       "require_once ABSPATH . 'wp-settings.php';\n")

    def _php(self, script, *arguments):
        done = subprocess.run(["php", os.path.join(HERE, script), *arguments], capture_output=True,
                              text=True, timeout=120)
        if done.returncode:
            raise AssertionError(f"{script}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        with open(self.folder + "/web.log", "ab") as log:
            self.web = subprocess.Popen(
                ["php", "-S", f"127.0.0.1:{self.port}", "-t", self.root, HERE + "/wordpress_router.php"],
                stdout=log, stderr=log, env=dict(os.environ, PHP_CLI_SERVER_WORKERS="2"),
                start_new_session=True)
        wait_for(lambda: listens(self.port), "the web server")

    def kill(self):
        """The site is gone from one moment to the next; its database stays."""
        if self.web:
            os.killpg(self.web.pid, 9)
            self.web.wait()
            self.web = None

    def stop(self):
        self.kill()
        if self.database:
            self.database.kill()
            self.database.wait()
            self.database = None

    # Strangers: the pages alone.

    def page(self, title="Neue Kaffeemaschine"):
        return html.unescape(fetch(f"{self.url}/?p={self.known['posts'][title]}").text)

    def comment(self, who, text, title="Neue Kaffeemaschine", parent=0):
        """Through the form of the page, as a browser sends it. Gives the id that WordPress chose."""
        form = {"author": who, "email": re.sub("[^a-z]", "", who.lower()) + "@example.net", "url": "",
                "comment": text, "comment_post_ID": self.known["posts"][title],
                "comment_parent": parent, "submit": "Post Comment"}
        assert 'action="' + self.url + '/wp-comments-post.php"' in self.page(title), "the page has no form"
        answer = fetch(self.url + "/wp-comments-post.php", urllib.parse.urlencode(form).encode())
        found = re.search(r"#comment-(\d+)", answer.url) or re.search(r"unapproved=(\d+)", answer.url)
        assert found, f"the form answered {answer.status} at {answer.url}"
        return int(found[1])

    # The editors of the site: the interface of WordPress.

    def api(self, path, method="GET", password=None, user="redaktion", **fields):
        token = base64.b64encode(f"{user}:{password or self.password}".encode()).decode()
        data = json.dumps(fields).encode() if fields else None
        return fetch(f"{self.url}/wp-json/wp/v2/{path}", data,
                     {"Authorization": "Basic " + token, "Content-Type": "application/json"}, method)

    def change(self, comment, **fields):
        answer = self.api(f"comments/{comment}", "POST", **fields)
        assert answer.status == 200, answer.text
        return answer.json()

    def delete(self, comment):
        answer = self.api(f"comments/{comment}?force=true", "DELETE")
        assert answer.status == 200, answer.text

    # Its owner: the data base and PHP.

    def age(self, comment, minutes):
        """As if it had been written so much earlier."""
        self._sql(f"UPDATE wp_comments SET comment_date = comment_date - INTERVAL {minutes} MINUTE, "
                  f"comment_date_gmt = comment_date_gmt - INTERVAL {minutes} MINUTE "
                  f"WHERE comment_ID = {comment}")

    def many(self, names, title="Neue Kaffeemaschine"):
        """A comment each, at once, as WordPress itself would store them."""
        post = self.known["posts"][title]
        rows = ", ".join(
            f"({post}, '{who}', '{who.replace(' ', '.')}@example.net', NOW() + INTERVAL 1 HOUR, "
            f"UTC_TIMESTAMP(), 'Frage von {who}', '1', 'Peer', 'comment')" for who in names)
        self._sql("INSERT INTO wp_comments (comment_post_ID, comment_author, comment_author_email, "
                  "comment_date, comment_date_gmt, comment_content, comment_approved, comment_agent, "
                  "comment_type) VALUES " + rows)

    def _sql(self, text):
        subprocess.run(["mariadb", "--no-defaults", "-uroot", f"--socket={self.socket}", "peer", "-e",
                        "SET time_zone = '+00:00'; " + text], check=True, timeout=60)

    def renew_password(self):
        """All application passwords of the editor end; gives the old one, a new one is made."""
        old = self.password
        self.password = self._php("wordpress_renew.php", self.root, self.url[7:]).strip()
        return old
