"""pair.py - two PostgreSQL servers on loopback, one the synchronous standby of the other.

A server is killed as a machine dies: all its processes at the same instant, so that none of
them ends a commit that the others no longer know of.
"""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from frame import Skip, eventually

SETTINGS = {"max_connections": "60", "shared_buffers": "32MB", "max_locks_per_transaction": "256",
            "unix_socket_directories": "''", "listen_addresses": "'127.0.0.1'", "timezone": "UTC",
            "wal_level": "replica", "max_wal_senders": "8", "hot_standby": "on",
            # How long a standby sleeps, deaf to a promotion, when its primary is gone; it is 5 s else.
            "wal_retrieve_retry_interval": "100ms", "wal_sender_timeout": "5s", "wal_receiver_status_interval": "1s",
            "max_wal_size": "256MB", "autovacuum": "off"}


def program(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise Skip(f"there is no {name}")
    return path


def children_of(pid):
    """The processes of a server; each makes a session of its own, so no group holds them."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            found.append(int(path.split("/")[2]))
    return found


class Server:
    def __init__(self, pair, number):
        self.pair, self.data = pair, f"{pair.folder}/data-{number}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self, settings=""):
        log = open(f"{self.data}.log", "ab")  # the server keeps it
        self.process = subprocess.Popen(
            [program("postgres"), "-D", self.data, "-p", str(self.port), *settings.split()],
            stdout=log, stderr=log, start_new_session=True, **self.pair.how)
        log.close()
        eventually(lambda: self.sql("SELECT 1", quiet=True), 30, "PostgreSQL to answer")

    def sql(self, text, quiet=False):
        url = f"postgres://draht@127.0.0.1:{self.port}/postgres"
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url, "-c", text],
                              capture_output=True, text=True, timeout=60)
        if done.returncode and not quiet:
            raise AssertionError("psql: " + done.stderr)
        return done.stdout.strip() if done.returncode == 0 else None

    def mute(self):
        """Nothing leaves for the standby any more, and nobody has noticed yet."""
        for pid in self.sql("SELECT pid FROM pg_stat_replication").split():
            os.kill(int(pid), signal.SIGSTOP)

    def kill(self):
        if not self.process:
            return
        pid, process = self.process.pid, self.process
        self.process = None
        try:
            os.kill(pid, signal.SIGSTOP)  # else it would see the first child die, and clean up
            all_of_them = children_of(pid)
            for one in all_of_them:
                os.kill(one, signal.SIGSTOP)
            for one in (*all_of_them, pid):
                os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


class Pair:
    """`first` serves, `second` follows; fail_over() changes that."""

    def __init__(self, synchronous=True):
        self.synchronous, self.how = synchronous, {}
        self.folder = tempfile.mkdtemp(prefix="draht-pair-")
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.how = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.how["cwd"] = self.folder
        self.first, self.second = Server(self, 1), Server(self, 2)
        self.hosts = ",".join(f"127.0.0.1:{s.port}" for s in (self.first, self.second))
        try:
            self.run("initdb", "-D", self.first.data, "-A", "trust", "-U", "draht", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-sync")
            with open(f"{self.first.data}/postgresql.auto.conf", "a", encoding="ascii") as conf:
                conf.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())
            self.first.start()
            self.follow()
        except BaseException:
            self.close()
            raise

    def url(self, name):
        return f"postgres://draht@{self.hosts}/{name}?target_session_attrs=read-write"

    def run(self, name, *arguments):
        done = subprocess.run([program(name), *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **self.how)
        if done.returncode:
            raise AssertionError(f"{name}: " + done.stdout.decode(errors="replace"))

    def follow(self):
        """The second becomes a copy of the first, and from then on each commit waits for it."""
        shutil.rmtree(self.second.data, ignore_errors=True)
        self.run("pg_basebackup", "-D", self.second.data, "-R", "-X", "stream", "-c", "fast",
                 "--no-sync", "-d", f"host=127.0.0.1 port={self.first.port} user=draht "
                                    "application_name=second")
        self.second.start()
        eventually(lambda: self.first.sql(
            "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"), 30, "it to follow")
        self.name_standby(self.synchronous)
        if self.synchronous:
            eventually(lambda: self.first.sql(
                "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"), 30, "it to be sync")

    def name_standby(self, named):
        self.first.sql("ALTER SYSTEM SET synchronous_standby_names = '%s'" % ("*" if named else ""))
        self.first.sql("SELECT pg_reload_conf()")

    def fail_over(self, silently=lambda: None):
        """The first dies; before that, while `silently` runs, the second hears nothing of it.
        Gives the seconds that PostgreSQL itself then needs until the second takes changes."""
        self.first.mute()
        silently()
        self.first.kill()
        begun = time.monotonic()
        self.run("pg_ctl", "promote", "-D", self.second.data, "-w", "-t", "30")
        promoted = time.monotonic() - begun
        self.first, self.second = self.second, self.first
        self.name_standby(False)  # nobody follows yet: follow() names the next one
        return promoted

    def wake_the_old(self):
        """The server that was replaced comes back as if nothing had been."""
        self.second.start("-c synchronous_standby_names=")

    def close(self):
        for server in (self.first, self.second):
            server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
