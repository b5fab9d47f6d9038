#!/usr/bin/env python3
"""run.py - builds the Debian package and installs it into a clean folder.

    tests/package/run.py [-v]

DRAHT_BIN is the program that is packed (build-gcc/draht). dpkg installs into a folder of
its own (--root), whose scripts run without chroot and start nothing. The last line counts.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("DRAHT_BIN") or os.path.join(ROOT, "build-gcc", "draht"))
EXPOSURE = 1.5  # systemd-analyze security: 0 is sealed, 10 is open
PASSWORD = "Grüner Draht 27 hält\n"


def run(*command, expect=0, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: "
                             f"{done.stdout}{done.stderr}")
    return done


class Folder:
    """A machine with nothing on it but dpkg's own tables."""

    def __init__(self, path):
        self.path = path
        for part in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers",
                     "var/log", "etc"):
            os.makedirs(os.path.join(path, part))
        for empty in ("var/lib/dpkg/status", "var/lib/dpkg/available"):
            open(os.path.join(path, empty), "w", encoding="ascii").close()

    def dpkg(self, *arguments, expect=0):
        return run("dpkg", f"--root={self.path}", "--force-script-chrootless",
                   "--force-depends", "--force-not-root", "--force-confdef", *arguments,
                   expect=expect, stdin=subprocess.DEVNULL)

    def version(self):
        return run("dpkg-query", f"--admindir={self.path}/var/lib/dpkg", "-W",
                   "-f", "${Version} ${Status}", "draht").stdout

    def file(self, name):
        return os.path.join(self.path, name)


class Service:
    """The installed program on a data folder, with a service manager that listens."""

    def __init__(self, folder, data, *options):
        self.folder, self.data, self.options = folder, data, options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def draht(self, *arguments, expect=0, stdin=""):
        return run(self.folder.file("usr/bin/draht"), *arguments, "--data", self.data,
                   expect=expect, input=stdin)

    def start(self):
        path = os.path.join(os.path.dirname(self.data), "notify.sock")
        if os.path.exists(path):
            os.unlink(path)
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(path)
        self.heard.settimeout(20)
        self.process = subprocess.Popen(
            [self.folder.file("usr/bin/draht"), "serve", "--data", self.data, "--listen",
             f"127.0.0.1:{self.port}", *self.options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, NOTIFY_SOCKET=path))
        said = self.heard.recv(100)
        assert said == b"READY=1", said
        return self

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(15)
        said = self.heard.recv(100)
        self.heard.close()
        return status, said


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="draht-package-")
        cls.addClassCleanup(shutil.rmtree, cls.place)
        os.chmod(cls.place, 0o755)
        make = os.path.join(ROOT, "tools", "make-deb")
        cls.old = run(make, BIN, cls.place, "0.0.9").stdout.strip()
        cls.new = run(make, BIN, cls.place).stdout.strip()

    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="one-", dir=self.place)
        self.folder = Folder(os.path.join(self.work, "root"))
        self.data = os.path.join(self.work, "data")

    def test_it_names_the_libraries_it_needs_and_no_path_of_this_machine(self):
        fields = run("dpkg-deb", "--field", self.new).stdout
        for library in ("libc6", "libuv1", "libssl3", "libsqlite3-0", "libpq5", "libsodium23"):
            self.assertIn(library, fields)
        listed = run("dpkg-deb", "--contents", self.new).stdout
        self.assertNotIn(ROOT, listed)
        for line in listed.splitlines():
            self.assertIn("root/root", line)

    def test_the_same_input_makes_the_same_bytes(self):
        other = tempfile.mkdtemp(dir=self.work)
        again = run(os.path.join(ROOT, "tools", "make-deb"), BIN, other).stdout.strip()
        with open(self.new, "rb") as one, open(again, "rb") as two:
            self.assertEqual(one.read(), two.read())

    def test_it_installs_into_a_clean_folder_and_serves_from_there(self):
        self.folder.dpkg("--install", self.new)
        self.assertIn("install ok installed", self.folder.version())
        for name in ("usr/lib/systemd/system/draht.service", "etc/draht/draht.conf",
                     "usr/share/man/man1/draht.1.gz", "usr/share/doc/draht/copyright"):
            self.assertTrue(os.path.isfile(self.folder.file(name)), name)
        service = Service(self.folder, self.data).start()
        self.assertEqual(service.get("/readyz")[0], 200)
        self.assertIn(b"<html", service.get("/login")[1], "the interface is not in it")
        self.assertEqual(service.stop(), (0, b"STOPPING=1"))

    def test_the_settings_file_that_it_brings_is_read_and_empty_of_settings(self):
        self.folder.dpkg("--install", self.new)
        said = Service(self.folder, self.data).draht(
            "config", "--config", self.folder.file("etc/draht/draht.conf")).stdout
        self.assertIn("listen = 127.0.0.1:8080    (default)", said)

    def test_an_upgrade_and_the_way_back_keep_the_store(self):
        self.folder.dpkg("--install", self.old)
        service = Service(self.folder, self.data)
        service.draht("user", "add", "eva@example.org", "--name", "Eva", "--role",
                      "administrator", "--password-stdin", stdin=PASSWORD)
        changed = self.folder.file("etc/draht/draht.conf")
        with open(changed, "a", encoding="utf-8") as file:
            file.write("workers = 3\n")
        for package, version in ((self.new, None), (self.old, "0.0.9")):
            self.folder.dpkg("--install", package)
            if version:
                self.assertIn(version, self.folder.version())
            self.assertIn("eva@example.org", service.draht("user", "list").stdout)
            service.draht("verify")
            service.start()
            self.assertEqual(service.get("/readyz")[0], 200)
            self.assertEqual(service.stop()[0], 0)
            with open(changed, encoding="utf-8") as file:
                self.assertIn("workers = 3", file.read(), "a setting of the owner was lost")

    def test_the_way_back_from_a_newer_schema_is_the_copy_that_was_taken_before(self):
        import sqlite3
        self.folder.dpkg("--install", self.new)
        service = Service(self.folder, self.data)
        service.draht("user", "add", "eva@example.org", "--name", "Eva", "--role",
                      "administrator", "--password-stdin", stdin=PASSWORD)
        kept = os.path.join(self.work, "before")
        service.draht("backup", kept)  # what a newer program does before its migration
        database = sqlite3.connect(os.path.join(self.data, "draht.db"))
        database.execute("INSERT INTO migration VALUES (9999, '9999_later.sql', 0, 'x')")
        database.commit()
        database.close()
        self.assertIn("newer program", service.draht("verify", expect=1).stderr)
        for name in os.listdir(self.data):
            if name.startswith("draht.db"):
                os.rename(os.path.join(self.data, name), os.path.join(self.work, name))
        service.draht("restore", kept)
        self.assertIn("eva@example.org", service.draht("user", "list").stdout)

    def test_removing_and_purging_leave_the_data_folder(self):
        self.folder.dpkg("--install", self.new)
        data = self.folder.file("var/lib/draht")
        os.makedirs(data, exist_ok=True)
        with open(os.path.join(data, "draht.db"), "w", encoding="ascii") as file:
            file.write("words")
        self.folder.dpkg("--purge", "draht")
        self.assertFalse(os.path.exists(self.folder.file("usr/bin/draht")))
        self.assertTrue(os.path.exists(os.path.join(data, "draht.db")))

    def test_the_log_goes_to_a_file_that_can_be_turned(self):
        self.folder.dpkg("--install", self.new)
        log = os.path.join(self.work, "draht.log")
        service = Service(self.folder, self.data, "--log-file", log).start()
        service.get("/api/v1/setup")
        os.rename(log, log + ".1")
        service.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while not os.path.exists(log) and time.monotonic() < end:
            service.get("/healthz")
        service.get("/api/v1/setup")
        service.stop()
        with open(log + ".1", encoding="utf-8") as old, open(log, encoding="utf-8") as new:
            self.assertIn("path=/api/v1/setup", old.read())
            self.assertIn("path=/api/v1/setup", new.read())

    def exposure(self, unit):
        said = run("systemd-analyze", "security", "--offline=yes", unit, expect=None)
        return float(re.search(r"Overall exposure level for \S+ ([\d.]+)",
                               said.stdout + said.stderr)[1])

    def test_the_service_is_sealed_and_a_service_that_is_not_is_told_apart(self):
        unit = os.path.join(ROOT, "packaging", "draht.service")
        self.assertLessEqual(self.exposure(unit), EXPOSURE)
        open_unit = os.path.join(self.work, "draht.service")
        with open(unit, encoding="utf-8") as file, open(open_unit, "w", encoding="utf-8") as out:
            out.writelines(line for line in file if "Protect" not in line and "Restrict" not in line)
        self.assertGreater(self.exposure(open_unit), EXPOSURE)

    def test_the_units_are_read_by_the_service_manager_without_complaint(self):
        self.folder.dpkg("--install", self.new)
        units = [self.folder.file(f"usr/lib/systemd/system/{name}")
                 for name in ("draht.service", "draht-backup.service", "draht-backup.timer")]
        for unit in units[:2]:
            with open(unit, encoding="utf-8") as file:
                text = file.read().replace("/usr/bin/draht", self.folder.file("usr/bin/draht"))
            with open(unit, "w", encoding="utf-8") as file:
                file.write(text)
        said = run("systemd-analyze", "verify", "--man=no", *units, expect=None)
        ours = [line for line in said.stderr.splitlines() if "draht" in line]
        self.assertEqual(ours, [])



def main():
    if not os.access(BIN, os.X_OK):
        print(f"no program at {BIN}: build it, or set DRAHT_BIN\n0 passed, 1 failed, 0 skipped")
        return 1
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Package)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2 if "-v" in sys.argv else 1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, "
          f"{len(result.skipped)} skipped")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
