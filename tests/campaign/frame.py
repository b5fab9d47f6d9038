"""frame.py - what a campaign stands on: its numbers, its verdict, and a house to break.

README.md says how a campaign is added.
"""
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "system"))

import harness  # noqa: E402 (the folder of the system tests is on the path only now)
from client import Client  # noqa: E402

EXAMPLES = 5  # of what went wrong, kept for the result
BROKEN = (OSError, __import__("http.client").client.HTTPException)


class Skip(Exception):
    """The campaign cannot run here; the text says why."""


class Campaign:
    """One run of a campaign, or of its control: size, dice, numbers, what went wrong."""

    def __init__(self, n, seed, engine, full=False):
        self.n, self.seed, self.engine, self.full = n, seed, engine, full
        self.random = random.Random(seed)
        self.counts, self.samples, self.wrong, self.examples = {}, {}, 0, []

    def violation(self, text):
        """The promise was broken. In a control that is what must happen."""
        self.wrong += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(str(text))

    def expect(self, condition, text):
        if not condition:
            self.violation(text)
        return bool(condition)

    def count(self, name, by=1):
        self.counts[name] = self.counts.get(name, 0) + by

    def sample(self, name, value):
        """One of many measurements; the result tells median, p99 and the largest."""
        self.samples.setdefault(name, []).append(value)

    def measured(self):
        told = {}
        for name, values in self.samples.items():
            values = sorted(values)
            told[name] = {"n": len(values), "p50": round(values[len(values) // 2], 1),
                          "p99": round(values[min(len(values) - 1, len(values) * 99 // 100)], 1),
                          "max": round(values[-1], 1)}
        return told


def need_hooks():
    """A program without failpoints cannot be told to fail."""
    with open(harness.BIN, "rb") as file:
        if b"draht test hooks" not in file.read():
            raise Skip("the program has no failpoints: build it with -Dtest_hooks=true")


def need_root():
    if os.geteuid() != 0:
        raise Skip("mounting needs root")


@contextlib.contextmanager
def elsewhere():
    """A folder on another file system than the stores: what a fault of theirs cannot touch."""
    shared = "/dev/shm"
    here = os.stat(tempfile.gettempdir()).st_dev
    parent = shared if os.path.isdir(shared) and os.stat(shared).st_dev != here else None
    with tempfile.TemporaryDirectory(prefix="draht-history-", dir=parent) as folder:
        yield folder


class House:
    """A store, a server, an administrator, an agent, and a custom channel.

    `clock` (ISO) starts the virtual clock; `data` puts the store's folder elsewhere. Leaving
    the house stops the server and lets `draht verify` look, unless it was told not to.
    """

    def __init__(self, campaign, clock=None, data=None, environment=None, flags=(), **settings):
        self.campaign, self.verifies = campaign, True
        self.store = harness.Store(campaign.engine)
        if data:
            self.store.data = data
        self.server = harness.Server(self.store, clock, environment=environment, flags=flags)
        try:
            self.start()
            self.store.add_user("admin@example.org", "administrator", "Ada Admin")
            self.store.add_user("eva@example.org", "agent", "Eva")
            self.token = self.store.token("admin@example.org")
            self.admin = self.server.client(self.token)
            self.eva = self.server.client(self.store.token("eva@example.org"))
            self.place = self.channel("Leitung", **settings)
        except BaseException:
            self.verifies = False
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.verifies = self.verifies and kind is None
        self.close()

    def close(self):
        try:
            status = self.server.stop()
            if self.verifies:
                self.campaign.expect(status in (0, None), f"the server ended with {status}")
                done = subprocess.run([harness.BIN, "verify", *self.store.arguments()],
                                      capture_output=True, text=True, timeout=900)
                self.campaign.expect(done.returncode == 0, "draht verify: " + done.stderr.strip())
        finally:
            self.store.remove()

    def start(self):
        """Serving again; how long that took is measured, not judged."""
        self.server.start()
        self.campaign.sample("restart_ms", self.server.started_in * 1000)

    def channel(self, name, network="custom", **settings):
        answer = self.admin.post("/channels", {"network": network, "name": name,
                                               "mode": "dialogue", "purpose": "Service",
                                               "settings": settings})
        if answer.status != 201:
            raise AssertionError(f"no channel: {answer!r}")
        return dict(answer["channel"], signing_secret=answer.json.get("signing_secret"))

    def plan(self, text):
        """Tell the failpoints; needs the virtual clock."""
        answer = self.server.client().send("POST", "/test/v1/failpoints", {"plan": text})
        if answer.status != 204:
            raise AssertionError(f"no plan: {answer!r}")

    def database(self):
        """As checker.py is told it."""
        return self.store.url or "sqlite:" + os.path.join(self.store.data, "draht.db")

    def item(self, name, body, who=None, thread=None, **more):
        return {"external_id": name, "body": body, "sent_at": "2026-11-02T07:00:00.000Z",
                "author": {"external_id": "u-" + (who or name), "name": who or name},
                "thread": {"external_id": thread or "t-" + name, "kind": "post",
                           "title": thread or "t-" + name, "visibility": "public"}, **more}

    def inbound(self, item, place=None):
        return self.admin.post(f"/channels/{(place or self.place)['id']}/inbound", item)


class Oracle:
    """oracle.py as a program of its own: sends, and writes down what was acknowledged."""

    def __init__(self, house, folder, address=None, place=None, **options):
        self.history = os.path.join(folder, f"history-{len(os.listdir(folder))}")
        host, port = address or house.server.address
        arguments = [sys.executable, os.path.join(HERE, "oracle.py"), "--history", self.history,
                     "--address", f"{host}:{port}", "--token", house.token,
                     "--channel", str((place or house.place)["id"])]
        for name, value in options.items():
            arguments += ["--" + name, str(value)]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, text=True)

    def acknowledged(self):
        """How many so far."""
        try:
            with open(self.history, "rb") as file:
                return file.read().count(b"\nacked ")
        except FileNotFoundError:
            return 0

    def wait(self, seconds=120):
        """Until it has sent all that it was told to send."""
        self.process.wait(seconds)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.stdin.close()
        self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@contextlib.contextmanager
def lenient():
    """lenient.py, by its address."""
    process = subprocess.Popen([sys.executable, os.path.join(HERE, "lenient.py")],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield "127.0.0.1", int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def check(campaign, database, *histories, **options):
    """checker.py as a program of its own; its findings go into the campaign."""
    arguments = [sys.executable, os.path.join(HERE, "checker.py"), "--database", database]
    for history in histories:
        arguments += ["--history", history]
    for name, value in options.items():
        arguments += ["--" + name, str(value)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise AssertionError("checker.py: " + done.stderr)
    found = json.loads(done.stdout)
    for text in found.pop("violations"):
        campaign.violation(text)
    return found


def eventually(probe, seconds=60, what="it to happen"):
    """The first true answer of `probe`, or an error after a bounded wait."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds} s for {what}")


__all__ = ["BROKEN", "Campaign", "Client", "House", "Oracle", "Skip", "check", "elsewhere",
           "eventually", "lenient", "need_hooks", "need_root", "quote"]
