"""bluesky_peer.py - Bluesky's own development network on loopback, and the people who use it.

The network is npm's package @atproto/dev-env: a directory of identities, a server of accounts and the AppView, as
those who make Bluesky test with it. Its people use @atproto/api, Bluesky's own client: nothing here is code of
Draht. Both are fetched once into the user's cache (with a Node.js that is new enough); without npm, PostgreSQL or
Redis a test skips and says so. DRAHT_BLUESKY names a folder where they lie already.

Bluesky's service of chat messages is not published: the one here (bluesky_chat.mjs) is scripted. The server of accounts that passes
the calls on to it, the client that people chat with and the lexicons that every call and answer is held to are Bluesky's own.
"""
import fcntl
import json
import os
import platform
import shutil
import signal
import subprocess
import unittest

from wordpress_peer import free_port, listens, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
NODE, NETWORK, CLIENT = "node@22", "@atproto/dev-env@0.6.7", "@atproto/api@0.21.0"


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.environ.get("DRAHT_BLUESKY") or os.path.join(home, "draht", "bluesky")


def install(folder):
    """The folder of Node.js (its headers come with it) and the one of the packages. Skips when they are not to be had."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    node = os.path.join(folder, "node", "node_modules", "node", "node_modules", "node-linux-" + machine)
    modules = os.path.join(folder, "net", "node_modules")
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    for name in ("node", "net"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(folder, "complete")):
            return node, modules
        subprocess.run([*npm, NODE], cwd=os.path.join(folder, "node"), check=True, capture_output=True, timeout=300)
        subprocess.run([*npm, NETWORK, CLIENT], cwd=os.path.join(folder, "net"), check=True, capture_output=True,
                       timeout=900, env={**os.environ, "PATH": node + "/bin:" + os.environ["PATH"],
                                         "npm_config_nodedir": node})
        with open(os.path.join(folder, "complete"), "w", encoding="utf-8"):
            pass
    return node, modules


class Person:
    """Somebody with an account."""

    def __init__(self, network, name):
        self.network, self.name = network, name
        made = network.call("person", name=name)
        self.did, self.handle = made["did"], made["handle"]

    def post(self, text, **more):
        """Gives {"uri", "cid"}."""
        return self.network.call("post", who=self.name, text=text, **more)

    def reply(self, parent, text, root=None, **more):
        return self.post(text, reply={"root": root or parent, "parent": parent}, **more)

    def thread(self, post):
        return self.network.call("thread", who=self.name, uri=post["uri"])

    def notified(self, post):
        return any(n["uri"] == post["uri"] for n in self.network.call("notifications", who=self.name))

    def __getattr__(self, call):
        return lambda **about: self.network.call(call, who=self.name, **about)


class Network:
    def __init__(self, folder):
        redis = shutil.which("redis-server")
        if not redis or not shutil.which("npm"):
            raise unittest.SkipTest("not run: no Bluesky: it needs npm, redis-server and PostgreSQL")
        try:
            node, modules = install(cache())
        except (OSError, subprocess.SubprocessError) as why:
            said = getattr(why, "stderr", b"") or b""
            raise unittest.SkipTest(f"not run: no Bluesky: npm cannot bring {NETWORK} ({why}) "
                                    f"{said[-300:].decode(errors='replace')}") from why
        port = free_port()
        self.process = self.redis = None
        self.redis = subprocess.Popen([redis, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder],
                                      stdout=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: listens(port), "Redis")
        script = f'TMPDIR="{folder}" DB_POSTGRES_URL=$DRAHT_TEST_POSTGRES exec "{node}/bin/node" "{HERE}/bluesky_net.mjs" "{modules}" "{folder}"'
        self.log = open(os.path.join(folder, "bluesky.log"), "ab")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "tools", "with-postgres"), "sh", "-c", script], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, "REDIS_HOST": f"127.0.0.1:{port}", "LOG_ENABLED": "false",
                 "NODE_OPTIONS": "--dns-result-order=ipv4first"})
        try:
            said = self._hear()
            self.url, self.view = said["url"], said["view"]  # of the accounts' server, and of the AppView
            self.chat = said["chat"]  # the DID of the service of chat messages
        except AssertionError:
            self.stop()
            raise

    def _hear(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.flush()
            with open(self.log.name, encoding="utf-8", errors="replace") as file:
                raise AssertionError("the network ended: " + file.read()[-2000:])
        return json.loads(line)

    def call(self, what, /, **about):
        self.process.stdin.write(json.dumps({"call": what, **about}) + "\n")
        self.process.stdin.flush()
        said = self._hear()
        assert "error" not in said, f"{what}: {said.get('error')}"
        return said["answer"]

    def settle(self):
        """All that was written has reached the AppView."""
        self.call("settle")

    def person(self, name):
        return Person(self, name)

    def kill(self):
        """The servers of accounts and of posts are gone without a word; what they wrote to the disk is there."""
        os.kill(self.call("world"), signal.SIGKILL)

    def restart(self):
        self.call("restart")

    def stop(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.terminate()
                self.process.wait()
            self.log.close()
        if self.redis:
            self.redis.terminate()
            self.redis.wait()
