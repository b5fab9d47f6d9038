"""snac_peer.py - two federating servers of the Fediverse on loopback, and the people who use them.

The servers are snac, from Debian's backports: it speaks ActivityPub to its like and Mastodon's interface to
programs. The package is taken from where this machine takes its own packages, and unpacked into the test's folder;
without it a test skips and says so. Its people use that interface with Python's own HTTP client: nothing here is
code of Draht.

Servers know each other as a.localhost and b.localhost, without a port. Where that leads is told by a proxy of ours,
which all that they ask goes through.
"""
import base64
import glob
import http.client
import json
import os
import re
import shutil
import subprocess
import threading
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wordpress_peer import fetch, free_port, listens, wait_for

SUITE = "bookworm-backports"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def program(folder):
    """The path of snac: this machine's, or one that was unpacked here. Skips when there is none."""
    found = shutil.which("snac") or os.environ.get("DRAHT_SNAC")
    if found:
        return found
    here = os.path.join(folder, "snac-package")
    os.makedirs(here + "/lists/partial")
    os.makedirs(here + "/cache/archives/partial")
    options = []
    for name, value in (("Dir::Etc::sourcelist", here + "/sources.list"), ("Dir::Etc::sourceparts", "/dev/null"),
                        ("Dir::State::lists", here + "/lists"), ("Dir::Cache", here + "/cache"),
                        ("APT::Sandbox::User", "root")):
        options += ["-o", f"{name}={value}"]
    try:
        sites = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True,
                               check=True, timeout=60).stdout.split()
        site = next(s for s in sorted(set(sites)) if "security" not in s)
        with open(here + "/sources.list", "w", encoding="utf-8") as file:
            file.write(f"deb [signed-by={KEYRING}] {site} {SUITE} main\n")
        for command in (["update"], ["download", "snac2"]):
            subprocess.run(["apt-get", *options, *command], cwd=here, check=True, capture_output=True, timeout=120)
        subprocess.run(["dpkg", "-x", glob.glob(here + "/snac2_*.deb")[0], here + "/root"], check=True, timeout=60)
    except (OSError, StopIteration, IndexError, subprocess.SubprocessError) as why:
        raise unittest.SkipTest(f"not run: no snac: install snac2 from {SUITE} ({why})") from why
    return here + "/root/usr/bin/snac"


class Road(BaseHTTPRequestHandler):
    """A proxy: the name in the address says which port is meant."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def pass_on(self):
        address = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        port = self.server.ports.get(address.hostname)
        try:
            peer = http.client.HTTPConnection("127.0.0.1", port or 1, timeout=30)
            peer.request(self.command, self.path[self.path.index(address.netloc) + len(address.netloc):], body or None,
                         {k: v for k, v in self.headers.items() if k.lower() != "proxy-connection"})
            answer = peer.getresponse()
            text, status = answer.read(), answer.status
            kind = answer.headers.get("Content-Type", "text/plain")
        except OSError:
            text, status, kind = b"", 502, "text/plain"
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(text))), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    do_GET = do_POST = pass_on


class Person:
    """Somebody with an account on one of the servers, and a program that speaks Mastodon's interface."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.token = server.token(name)
        self.id = self.api("accounts/verify_credentials").json()["id"]

    def api(self, path, method="GET", **fields):
        data = urllib.parse.urlencode(fields, doseq=True).encode() if fields else None
        if method == "POST" and data is None:
            data = b""
        return fetch(f"{self.server.url}/api/v1/{path}", data, {"Authorization": "Bearer " + self.token}, method)

    def post(self, text, visibility="public", **fields):
        answer = self.api("statuses", "POST", status=text, visibility=visibility, **fields)
        assert answer.status // 100 == 2, f"{answer.status} {answer.text}"
        return answer.json()

    def picture(self, name, data, description=""):
        """Brings a picture; gives its id for a post."""
        mark = "mark-of-a-form"
        body = (f'--{mark}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{description}\r\n'
                f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                "Content-Type: image/png\r\n\r\n").encode() + data + f"\r\n--{mark}--\r\n".encode()
        answer = fetch(f"{self.server.url}/api/v2/media", body, {
            "Authorization": "Bearer " + self.token, "Content-Type": "multipart/form-data; boundary=" + mark}, "POST")
        assert answer.status // 100 == 2, f"{answer.status} {answer.text}"
        return answer.json()["id"]

    def edit(self, status, text):
        answer = self.api("statuses/" + status["id"], "PUT", status=text)
        assert answer.status == 200, f"{answer.status} {answer.text}"

    def delete(self, status):
        """With the button of the server's own page: its interface for programs has none."""
        form = urllib.parse.urlencode({"id": status["uri"], "actor": f"http://{self.server.host}/{self.name}",
                                       "action": "Delete", "group": "", "redir": ""})
        secret = f"{self.name}:{self.server.passwords[self.name]}"
        answer = self.server.raw("POST", f"/{self.name}/admin/action", form,
                                 Authorization="Basic " + base64.b64encode(secret.encode()).decode())
        assert answer[0] // 100 == 3, answer
        assert self.api("statuses/" + status["id"]).status == 404

    def mentions(self):
        return [n["status"] for n in self.api("notifications?types[]=mention&limit=40").json()
                if n["type"] == "mention" and n.get("status")]

    def replies(self, status):
        return self.api(f"statuses/{status['id']}/context").json()["descendants"]


class Server:
    """One snac. Killed and started again it is the same server."""

    def __init__(self, binary, folder, host, road):
        self.binary, self.host, self.process = binary, host, None
        self.data = os.path.join(folder, host)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        road.ports[host] = self.port
        self.proxy = "http://127.0.0.1:%d" % road.server_port
        self._run("init", said=f"127.0.0.1\n{self.port}\n{host}\n\nadmin@example.org\n")
        path = self.data + "/server.json"
        with open(path, encoding="utf-8") as file:
            settings = json.load(file)
        settings.update(protocol="http", disable_notify_webhook=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        self.passwords = {}
        self.start()

    def _run(self, command, *arguments, said=""):
        done = subprocess.run([self.binary, command, self.data, *arguments], input=said, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        with open(self.data + ".log", "ab") as log:
            self.process = subprocess.Popen([self.binary, "httpd", self.data], stdout=log, stderr=log,
                                            env=dict(os.environ, http_proxy=self.proxy), start_new_session=True)
        wait_for(lambda: listens(self.port), "the server " + self.host)

    def kill(self):
        if self.process:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def person(self, name):
        said = self._run("adduser", name)
        self.passwords[name] = re.search(r"User password is (\S+)", said)[1]
        return Person(self, name)

    def app(self, redirect="urn:ietf:wg:oauth:2.0:oob"):
        data = urllib.parse.urlencode({"client_name": "peer", "redirect_uris": redirect,
                                       "scopes": "read write"}).encode()
        return fetch(self.url + "/api/v1/apps", data).json()

    def consent(self, address, name):
        """What a person does in the browser: opens the page, says who they are and agrees. Gives the answer."""
        page = fetch(self.url + address[address.index("/oauth/"):])
        form = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page.text))
        form.update(login=name, passwd=self.passwords[name])
        action = re.search(r'action="([^"]+)"', page.text)[1]
        return self.raw("POST", action[action.index("/oauth/"):], urllib.parse.urlencode(form))

    def raw(self, method, path, body, **headers):
        """An answer as it is, redirects not followed."""
        ask = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        ask.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})
        answer = ask.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace")

    def token(self, name):
        """As any program gets one: registered, sent through the page, code against token."""
        redirect = "http://127.0.0.1:1/back"
        app = self.app(redirect)
        question = urllib.parse.urlencode({"response_type": "code", "client_id": app["client_id"],
                                           "redirect_uri": redirect, "scope": "read write"})
        status, headers, text = self.consent("/oauth/authorize?" + question, name)
        where = {k.lower(): v for k, v in headers.items()}.get("location", "")
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(where).query).get("code")
        assert code, f"{status} {where} {text[:300]}"
        data = urllib.parse.urlencode({"grant_type": "authorization_code", "code": code[0], "redirect_uri": redirect,
                                       "client_id": app["client_id"], "client_secret": app["client_secret"],
                                       "scope": "read write"}).encode()
        return fetch(self.url + "/oauth/token", data).json()["access_token"]


class Fediverse:
    """Both servers: `a` is where our account is, `b` where strangers are."""

    def __init__(self, folder):
        binary = program(folder)
        self.road = ThreadingHTTPServer(("127.0.0.1", 0), Road)
        self.road.ports, self.road.daemon_threads = {}, True
        threading.Thread(target=self.road.serve_forever, daemon=True).start()
        self.a, self.b = (Server(binary, folder, host, self.road) for host in ("a.localhost", "b.localhost"))

    def stop(self):
        for server in (self.a, self.b):
            server.kill()
        self.road.shutdown()
        self.road.server_close()
