#!/usr/bin/python3
"""mastodon_client.py - somebody's program for Mastodon: Mastodon.py, as Debian's `python3-mastodon` brings it.

Debian's packages belong to Debian's Python, which is not always the one that runs the tests. So this file is both: for
the tests Client, and behind that a process of /usr/bin/python3, asked line by line: {"call": NAME of a method of
Mastodon.py, "about": its arguments}, answered by {"answer": …} or {"error": …}.
"""
import json
import subprocess
import sys
import unittest

PYTHON = "/usr/bin/python3"


class Client:
    """Somebody at the server `url`, known there by `token`. Every method of Mastodon.py is one of this."""

    def __init__(self, url, token):
        try:
            self.process = subprocess.Popen([PYTHON, __file__, url, token], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, text=True)
        except OSError as why:
            raise unittest.SkipTest(f"not run: no {PYTHON}") from why
        if json.loads(self.process.stdout.readline() or "{}") != {"answer": "ready"}:
            self.stop()
            raise unittest.SkipTest("not run: no Mastodon.py: install python3-mastodon")

    def __getattr__(self, call):
        def ask(**about):
            self.process.stdin.write(json.dumps({"call": call, "about": about}) + "\n")
            self.process.stdin.flush()
            said = json.loads(self.process.stdout.readline())
            assert "error" not in said, f"{call}: {said.get('error')}"
            return said["answer"]
        return ask

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def say(**what):
    print(json.dumps(what, default=str), flush=True)


def serve(url, token):
    try:
        import requests
        from mastodon import Mastodon
    except ImportError:
        return say(error="not installed")
    session = requests.Session()
    # snac ends connections without a word. What can be asked twice is asked again; nothing is posted twice.
    session.headers["Connection"] = "close"
    again = requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(total=3, backoff_factor=0.2))
    session.mount("http://", again)
    client = Mastodon(api_base_url=url, access_token=token, version_check_mode="none", ratelimit_method="throw",
                      session=session)
    say(answer="ready")
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            say(answer=getattr(client, asked["call"])(**asked["about"]))
        except Exception as why:  # whatever it is, the test is told
            say(error=f"{type(why).__name__}: {why}")
    return None


if __name__ == "__main__":
    serve(*sys.argv[1:])
