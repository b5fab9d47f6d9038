"""feeds.py - listening to feeds: what is said elsewhere is a mention until a person joins."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from case import DrahtTest
from harness import HOUR, MINUTE

ENTRY = ("<item><guid>{0}</guid><title>{0}</title><link>https://example.org/{0}</link>"
         "<dc:creator>{1}</dc:creator><description>{2}</description></item>")
RSS = ('<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Forum</title>{}'
       "</channel></rss>")


class Press:
    """Publishes a feed on loopback and writes down what it was asked."""

    def __init__(self):
        self.entries, self.asked, press = [], [], self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                body = RSS.format("".join(ENTRY.format(*e) for e in press.entries)).encode()
                tag = f'"{len(body)}"'
                same = self.headers.get("If-None-Match") == tag
                press.asked.append(304 if same else 200)
                self.send_response(304 if same else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", "0" if same else str(len(body)))
                self.end_headers()
                if not same:
                    self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/feed"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Mentions(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.press = Press()
        cls.press.entries = [("e1", "Paula", "Die Kaffeemaschine ist &lt;b&gt;laut&lt;/b&gt;")]
        cls.place = cls.channel("Presse", network="feed", mode="listen",
                                settings={"url": cls.press.url})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "press"):
            cls.press.stop()
        super().tearDownClass()

    def mentions(self):
        return {m["author"]["name"]: m for m in self.eva.all("/conversations", view="third_parties")}

    def test_1_verify_counts_the_entries(self):
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertEqual((answer["ok"], answer["message"]),
                         (True, "the feed can be read and has 1 entries"))

    def test_2_an_entry_is_a_mention_and_nobodys_conversation(self):
        self.server.clock(MINUTE)
        self.assertEqual(self.mentions()["Paula"]["body"], "Die Kaffeemaschine ist laut")
        self.assertEqual(self.conversations(self.place), [])

    def test_3_an_unchanged_feed_is_asked_with_its_tag_and_less_often(self):
        del self.press.asked[:]
        self.server.clock(24 * HOUR)
        self.assertEqual(set(self.press.asked), {200, 304})
        self.assertEqual(self.press.asked.count(200), 1, "only at night it is read whole, once")
        self.assertLess(len(self.press.asked), 15, "it asked a quiet feed as often as a busy one")

    def test_4_joining_needs_one_of_three_reasons(self):
        mention = self.mentions()["Paula"]
        path = f"/messages/{mention['id']}/conversation"
        self.problem(self.eva.post(path, {}), 422, "reason")
        self.problem(self.eva.post(path, {"reason": "advertising"}), 422, "reason")
        self.assertEqual(self.conversations(self.place), [])
        case = self.check(self.eva.post(path, {"reason": "false_fact"}), 201)
        self.assertEqual(self.open(case["id"])["messages"][0]["body"], "Die Kaffeemaschine ist laut")
        self.assertIn("message.joined", [e["kind"] for e in self.admin.all("/audit")])

    def test_5_what_changes_there_is_a_version_and_what_is_new_comes(self):
        self.press.entries = [("e2", "Otto", "Neu"), ("e1", "Paula", "Die Kaffeemaschine war laut")]
        self.server.clock(7 * HOUR)
        mentions = self.mentions()
        self.assertEqual(mentions["Otto"]["body"], "Neu")
        case = self.conversation(self.place, "Paula")
        self.assertEqual((case["messages"][0]["body"], case["messages"][0]["version"]),
                         ("Die Kaffeemaschine war laut", 2))
