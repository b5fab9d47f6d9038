"""public_pages.py - what anybody may see: read along, comment, status, contact, report.

A visitor here has no login, no cookie and no script (visitor.py). On the virtual clock
no time passes between looking at a form and sending it, so most tests move it.
"""
from case import DrahtTest
from visitor import Visitor

IMPRINT = "Beispiel Strom GmbH\nMusterweg 1, 12345 Musterstadt\nVertreten durch Ada Admin"
# Each of these must never be read on a public page.
CANARIES = ("canary-staff", "canary-note", "canary-private", "canary.person@example.org",
            "@example.org", "canary-held", "canary-planned", "canary-closing", "0815-4711-99",
            "DE02120300000000202051", "0171 2345678")


class Public(DrahtTest):
    people = {"eva": "agent", "lara": "legal"}

    @classmethod
    def prepare(cls):
        cls.service = cls.channel("Service hilft")
        cls.check(cls.admin.patch("/public-pages", {"imprint": IMPRINT, "threads": True}), 200)

    def visitor(self, **more):
        return Visitor(self.server.address, **more)

    def thread(self, who="Jonas", body="Mein W-Lan geht nicht", **more):
        """A public thread; ids of thread and conversation."""
        place = f"post of {who}"
        self.say(self.service, place, who, body, **more)
        case = self.conversation(self.service, who, place)
        return case["thread"]["id"], case["id"]

    def comment(self, thread, text, name="Max", **more):
        """Write a comment and let the clock run; gives the page after it."""
        visitor = self.visitor()
        page = visitor.get(f"/p/{thread}")
        self.server.clock(5)
        return visitor.submit(page, text=text, name=name, **more)

    def held(self):
        return self.admin.all("/moderation")

    def decide(self, message, action="release", caller=None, **more):
        return (caller or self.lara).post(f"/messages/{message}/moderation",
                                          {"action": action, **more})

    def sound(self, page, status=200):
        """Valid in structure, without script, without anything from elsewhere."""
        self.assertEqual(page.status, status, repr(page))
        self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual((page.shape.open, page.shape.broken), ([], []))
        self.assertEqual(len(page.shape.ids), len(set(page.shape.ids)), "an id stands twice")
        self.assertFalse(page.shape.tags & {"script", "style", "iframe", "img", "object"})
        self.assertFalse({name for name in page.shape.attributes
                          if name == "style" or name.startswith("on")})
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertNotIn("Set-Cookie", page.headers)
        return page


class ReadAlong(Public):
    def test_the_talk_can_be_read_without_a_login(self):
        thread, case = self.thread()
        self.reply(self.eva, case, "Bitte den Router neu starten")
        page = self.sound(self.visitor().get(f"/p/{thread}"))
        self.assertIn("Mein W-Lan geht nicht", page.text)
        self.assertIn("Eva Offizielle Antwort", page.text)
        self.assertIn("Beantwortet, noch nicht gelöst", page.text)
        self.assertIn("1 Person hat mitgelesen", page.text)
        self.assertIn("Impressum Beispiel Strom GmbH Musterweg 1", page.text)
        self.assertIn("Datenschutz", page.text)
        self.assertIn("Diese Seite melden", page.text)
