"""harness.py - starts the real program on a store of its own and drives it.

The engine is chosen by DRAHT_TEST_ENGINE (sqlite, postgres); PostgreSQL needs
DRAHT_TEST_POSTGRES, a URL whose database is only used to create others. The
program is build/draht, or what DRAHT_BIN names.
"""
import datetime
import json
import os
import re
import select
import signal
import socket
import subprocess
import shutil
import sys
import tempfile
import time
import unittest
import urllib.parse

from client import Client

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.abspath(os.environ.get("DRAHT_BIN") or os.path.join(ROOT, "build", "draht"))
ENGINE = os.environ.get("DRAHT_TEST_ENGINE", "sqlite")
POSTGRES = os.environ.get("DRAHT_TEST_POSTGRES")
PASSWORD = "Grüner Draht 27 hält"
MINUTE, HOUR, DAY = 60, 3600, 86400
_made = 0


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def iso(when):
    when = when.astimezone(datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def eventually(probe, seconds=5, what="it to happen"):
    """The first true answer of `probe`; fails after a short bounded wait."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}; last answer: {found!r}")
        time.sleep(0.02)


class Store:
    """A data folder, and on PostgreSQL a database; also runs commands on it."""

    def __init__(self, engine=ENGINE):
        global _made
        _made += 1
        self.engine = engine
        self.folder = tempfile.mkdtemp(prefix="draht-test-")
        self.data = os.path.join(self.folder, "data")
        self.url, self.name = None, f"draht_system_{os.getpid()}_{_made}"
        if engine == "postgres":
            if not POSTGRES:
                raise unittest.SkipTest("DRAHT_TEST_POSTGRES names no server")
            self._psql(POSTGRES, f"CREATE DATABASE {self.name} ENCODING 'UTF8' TEMPLATE template0")
            parts = urllib.parse.urlsplit(POSTGRES)
            self.url = urllib.parse.urlunsplit(parts._replace(path="/" + self.name))

    def _psql(self, url, text):
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url, "-c", text],
                              capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise AssertionError("psql: " + done.stderr)
        return done.stdout

    def elsewhere(self, text):
        """A statement to the PostgreSQL server, outside of the store's database."""
        return self._psql(POSTGRES, text)

    def sql(self, text):
        """Statements past the program: to damage or to look. Rows as lists of text."""
        if self.engine == "postgres":
            return [line.split("|") for line in self._psql(self.url, text).splitlines()]
        import sqlite3
        database = sqlite3.connect(self.database(), timeout=10)
        try:
            rows = []
            for one in filter(str.strip, text.split(";")):
                rows = database.execute(one).fetchall()
            database.commit()
            return [["" if v is None else str(v) for v in row] for row in rows]
        finally:
            database.close()

    def database(self):
        for name in sorted(os.listdir(self.data)):
            path = os.path.join(self.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if file.read(15) == b"SQLite format 3":
                        return path
        raise AssertionError(f"no SQLite file in {os.listdir(self.data)}")

    def arguments(self):
        return ["--data", self.data] + (["--db", self.url] if self.url else [])

    def run(self, *arguments, stdin="", expect=0):
        """`draht ARGUMENTS` on this store; `expect` None: any exit status."""
        done = subprocess.run([BIN, *arguments, *self.arguments()], input=stdin.encode(),
                              capture_output=True, timeout=60)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"draht {' '.join(arguments)} ended with {done.returncode}, "
                                 f"not {expect}: {done.stdout}{done.stderr}")
        return done

    def add_user(self, email, role="agent", name=None, password=PASSWORD):
        self.run("user", "add", email, "--name", name or email.split("@")[0].title(),
                 "--role", role, "--password-stdin", stdin=password + "\n")

    def token(self, email):
        return self.run("token", "add", email, "--name", "test").stdout.strip()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.url:
            self._psql(POSTGRES, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Server:
    """`draht serve` on a store; `clock` (ISO) starts it with the virtual clock."""

    def __init__(self, store, clock=None, allow=("127.0.0.1",), environment=None, flags=()):
        self.store, self.now, self.allow = store, clock and moment(clock), allow
        self.flags, self.patience = list(flags), 20
        self.environment = dict(os.environ, **(environment or {}))
        self.process, self.address, self.started_in = None, None, None
        self.log_path = os.path.join(store.folder, "server.log")

    def start(self, expect_ready=True):
        if not self.address:  # kept over restarts: callers know it
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.address = probe.getsockname()
        arguments = [BIN, "serve", "--listen", "%s:%d" % self.address, *self.store.arguments(),
                     *self.flags]
        for host in self.allow:
            arguments += ["--allow-host", host]
        if self.now:
            arguments += ["--clock", iso(self.now)]
        begun, self.said = time.monotonic(), ""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log,
                                            env=self.environment)
        ready = expect_ready and self._wait_for_ready()
        self.started_in = time.monotonic() - begun
        if expect_ready and not ready:
            raise AssertionError("the server did not get ready:\n" + self.said + self.log())
        return self

    def _wait_for_ready(self):
        out, end = self.process.stdout, time.monotonic() + self.patience
        os.set_blocking(out.fileno(), False)
        while time.monotonic() < end:
            select.select([out], [], [], 0.1)
            self.said += (out.read() or b"").decode()
            if re.search(r"listening on http://\S+\n", self.said + self.log()):
                return True
            if self.process.poll() is not None:
                return False
        return False

    def log(self, lines=30):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, "rb") as file:
            return "\n".join(file.read().decode("utf-8", "replace").split("\n")[-lines - 1:])

    def client(self, token=None):
        return Client(self.address, token)

    def clock(self, to):
        """Move the virtual clock; `to` is ISO text, a datetime or seconds from now."""
        if isinstance(to, (int, float)):
            to = self.now + datetime.timedelta(seconds=to)
        elif isinstance(to, str):
            to = moment(to)
        answer = self.client().send("POST", "/test/v1/clock", {"now": iso(to)}, timeout=60)
        if answer.status != 200:
            raise AssertionError(f"the clock did not move: {answer!r}")
        self.now = to

    def stop(self, how=signal.SIGTERM):
        """The exit status; None when nothing ran."""
        if not self.process:
            return None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            status = process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = "did not end within 10 s"
        process.stdout.close()
        return status

    def kill(self):
        return self.stop(signal.SIGKILL)

    def restart(self, how=signal.SIGTERM):
        self.stop(how)
        return self.start()


class Peer:
    """The peer program (peer.py) with its ledger, as the other end of a channel."""

    def __init__(self, folder, seed=1, fail=0.0):
        self.ledger_path = os.path.join(folder, "ledger.ndjson")
        self.secrets_path = os.path.join(folder, "secrets")
        self.script_path = os.path.join(folder, "script.json")
        self.script()
        self.know()
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "peer.py"), "--ledger", self.ledger_path,
             "--secrets", self.secrets_path, "--script", self.script_path,
             "--seed", str(seed), "--fail", str(fail)], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/replies"

    def know(self, *secrets):
        with open(self.secrets_path, "w", encoding="utf-8") as file:
            file.write("\n".join(secrets))

    def script(self, post=(), find=()):
        """The faults of the 1st, 2nd, … request of each key from now on."""
        with open(self.script_path, "w", encoding="utf-8") as file:
            json.dump({"post": list(post), "find": list(find)}, file)

    def ledger(self, kind=None, key=None):
        if not os.path.exists(self.ledger_path):
            return []
        with open(self.ledger_path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [x for x in lines if kind in (None, x["kind"]) and key in (None, x["key"])]

    def taken(self):
        """What the peer took: (words, key) of each time."""
        return [(json.loads(x["body"])["body"], x["key"])
                for x in self.ledger("post") if x["taken"]]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
