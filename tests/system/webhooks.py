"""webhooks.py - what Draht tells programs elsewhere, judged by the npm package standardwebhooks.

Without npm, or when the package cannot be installed, all of it is skipped and says so.
"""
import json
import os
import subprocess
import unittest

from case import DrahtTest
from harness import DAY, HERE, HOUR, MINUTE, ROOT

KINDS = ["conversation.created", "conversation.solved"]
PACKAGE = "standardwebhooks@1.1.1"
WITH_NODE = os.path.join(ROOT, "tools", "with-node")


def modules():
    """The folder in which the package is installed, once for all checkouts of a user."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(cache, "draht", "standardwebhooks")
    if not os.path.exists(os.path.join(folder, "node_modules", "standardwebhooks")):
        os.makedirs(folder, exist_ok=True)
        try:
            done = subprocess.run([WITH_NODE, "npm", "install", "--prefix", folder, "--no-audit",
                                   "--no-fund", "--ignore-scripts", "--loglevel=error", PACKAGE],
                                  capture_output=True, text=True, timeout=120)
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise unittest.SkipTest(f"npm cannot install {PACKAGE}: {problem}") from problem
        if done.returncode:
            raise unittest.SkipTest(f"npm cannot install {PACKAGE}: {done.stderr.strip()[:200]}")
    return os.path.join(folder, "node_modules")


class Receiver:
    """webhook_receiver.mjs; it can be away, and comes back at the same address."""

    def __init__(self, folder, name):
        self.ledger_path = os.path.join(folder, name + ".ndjson")
        self.control_path = os.path.join(folder, name + ".json")
        self.told, self.port, self.process = {"secret": "whsec_" + "A" * 32, "now": 0}, 0, None
        self.tell()
        self.start()

    def tell(self, **members):
        self.told |= members
        with open(self.control_path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.told, file)
        os.replace(self.control_path + ".new", self.control_path)

    def start(self):
        self.process = subprocess.Popen(
            [WITH_NODE, "node", os.path.join(HERE, "peers", "webhook_receiver.mjs"), modules(),
             self.control_path, self.ledger_path, str(self.port)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/in"

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def ledger(self):
        if not os.path.exists(self.ledger_path):
            return []
        with open(self.ledger_path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Webhooks(DrahtTest):
    people = {"mira": "manager", "eva": "agent"}

    @classmethod
    def prepare(cls):
        modules()
        cls.place = cls.channel("Leitung")
        cls.receivers = []

    @classmethod
    def tearDownClass(cls):
        for receiver in getattr(cls, "receivers", []):
            receiver.stop()
        super().tearDownClass()

    def setUp(self):
        self.net = Receiver(self.store.folder, f"receiver-{len(self.receivers)}")
        self.receivers.append(self.net)
        self.addCleanup(self.net.stop)
        answer = self.check(self.admin.post("/webhooks", {"name": "CRM", "url": self.net.url,
                                                          "kinds": KINDS}), 201)
        self.hook, self.secret = answer["webhook"]["id"], answer["secret"]
        self.addCleanup(self.admin.delete, f"/webhooks/{self.hook}")
        self.net.tell(secret=self.secret)
        self.tick(0)

    def tick(self, seconds):
        """The clock of both sides; in a long step the receiver believes each try its time."""
        now = self.server.now.timestamp() + seconds
        self.net.tell(now=int(now * 1000) if seconds <= 4 * MINUTE else 0)
        self.server.clock(seconds)

    def happen(self):
        """Something new; gives the conversation."""
        Webhooks.count = getattr(Webhooks, "count", 0) + 1
        who = f"Person {Webhooks.count}"
        self.say(self.place, f"post {Webhooks.count}", who, "Ist hier jemand?")
        self.tick(1)
        return self.conversation(self.place, who)["id"]

    def log(self):
        return self.admin.all(f"/webhooks/{self.hook}/deliveries")

    def show(self):
        return self.check(self.admin.get(f"/webhooks/{self.hook}"), 200).json

    def alarms(self):
        return [a for a in self.admin.get("/today")["webhooks"]["items"] if a["id"] == self.hook]

    def test_what_happens_arrives_genuine_and_names_what_can_be_fetched(self):
        case = self.happen()
        self.check(self.eva.post(f"/conversations/{case}/solve", {"check_back": False}), 200)
        self.tick(1)
        came = self.net.ledger()
        self.assertEqual([c["wrong"] for c in came], ["", ""])
        bodies = [json.loads(c["body"]) for c in came]
        self.assertEqual([b["type"] for b in bodies], KINDS)
        for body in bodies:
            self.assertEqual(body["data"]["conversation_id"], case)
            self.assertNotIn("jemand", json.dumps(body))
        self.assertEqual(bodies[1]["data"]["actor"], {"kind": "account", "id": self.accounts["eva"]})
        self.assertEqual([(d["state"], d["status"], d["tries"]) for d in self.log()],
                         [("delivered", 204, 1)] * 2)
        self.assertEqual([d["kind"] for d in self.log()], KINDS[::-1])

    def test_with_another_secret_the_package_refuses_and_so_the_log_says_400(self):
        self.net.tell(secret="whsec_" + "B" * 32)
        self.happen()
        self.assertIn("signature", self.net.ledger()[0]["wrong"])
        self.assertEqual((self.log()[0]["state"], self.log()[0]["status"]), ("waiting", 400))
        self.net.tell(secret=self.secret)
        self.tick(MINUTE)
        self.assertEqual(self.log()[0]["state"], "delivered")

    def test_a_signature_is_no_longer_fresh_after_five_minutes(self):
        now = self.net.told["now"]
        self.net.tell(now=now + 6 * MINUTE * 1000)
        self.say(self.place, "frisch", "Frieda", "Hallo")
        self.server.clock(1)
        self.assertIn("too old", self.net.ledger()[0]["wrong"])

    def test_a_receiver_that_was_away_gets_everything_once_under_one_id(self):
        self.net.stop()
        cases = [self.happen() for _ in range(3)]
        self.assertEqual({d["state"] for d in self.log()}, {"waiting"})
        self.assertEqual({d["status"] for d in self.log()}, {0})
        self.assertTrue(self.show()["failing_at"])
        self.net.start()
        for _ in range(10):
            self.tick(4 * MINUTE)
        came = self.net.ledger()
        self.assertEqual(sorted(json.loads(c["body"])["data"]["conversation_id"] for c in came),
                         sorted(cases))
        self.assertEqual(len({c["id"] for c in came}), 3)
        self.assertEqual([c["wrong"] for c in came], [""] * 3)
        self.assertIsNone(self.show()["failing_at"])

    def test_a_try_that_failed_comes_again_with_the_same_id_and_the_same_bytes(self):
        self.net.tell(status=500, answer="später " + "x" * 2000)
        self.happen()
        self.net.tell(status=200, answer="")
        self.assertEqual(len(self.log()[0]["answer"].encode()), 1024)
        self.tick(MINUTE)
        first, second = self.net.ledger()
        self.assertEqual((first["id"], first["body"]), (second["id"], second["body"]))
        self.assertEqual(second["wrong"], "")
        self.assertEqual(self.log()[0]["tries"], 2)

    def test_a_server_that_is_killed_loses_nothing(self):
        self.net.stop()
        case = self.happen()
        self.server.stop(9)
        self.net.start()
        self.server.start()
        self.tick(MINUTE)
        self.assertEqual([json.loads(c["body"])["data"]["conversation_id"]
                          for c in self.net.ledger()], [case])

    def test_a_redirect_is_not_followed(self):
        self.net.tell(status=307, headers={"Location": self.net.url + "/elsewhere"})
        self.happen()
        self.assertEqual([c["url"] for c in self.net.ledger()], ["/in"])
        self.assertEqual(self.log()[0]["status"], 307)

    def test_an_address_in_the_house_is_refused_before_anything_leaves(self):
        self.check(self.admin.patch(f"/webhooks/{self.hook}", {"url": "https://10.1.2.3/in"}), 200)
        self.happen()
        self.assertEqual((self.log()[0]["status"], self.net.ledger()), (0, []))
        self.assertIn("10.1.2.3", self.log()[0]["reason"])

    def test_gone_ends_it_at_once_and_today_says_so(self):
        self.net.tell(status=410)
        self.happen()
        self.assertEqual((self.show()["enabled"], self.show()["ended"]), (False, "gone"))
        self.assertEqual(self.alarms()[0]["ended"], "gone")
        self.happen()
        self.assertEqual(len(self.net.ledger()), 1)
        answer = self.admin.post(f"/webhooks/{self.hook}/deliveries/{self.log()[0]['id']}/resend")
        self.assertEqual((answer.status, answer["code"]), (409, "webhook_off"))

    def test_before_it_is_switched_off_people_are_told_for_a_day(self):
        self.net.tell(status=500)
        self.happen()
        for _ in range(11):
            self.tick(6 * HOUR)
        self.assertEqual(self.alarms(), [])
        self.tick(6 * HOUR)
        self.assertEqual(self.alarms()[0]["name"], "CRM")
        self.assertTrue(self.alarms()[0]["ends_at"])
        self.assertTrue(self.show()["enabled"])
        self.assertEqual(self.log()[0]["state"], "failed")
        self.tick(DAY - MINUTE)
        self.assertTrue(self.show()["enabled"])
        self.tick(MINUTE)
        self.assertEqual((self.show()["enabled"], self.show()["ended"]), (False, "failing"))
        self.assertEqual(self.alarms()[0]["ended"], "failing")
        # Switched on again, it hears of what comes then, and what failed can be sent again.
        self.net.tell(status=204)
        self.check(self.admin.patch(f"/webhooks/{self.hook}", {"enabled": True}), 200)
        self.assertEqual(self.alarms(), [])
        failed = self.log()[0]["id"]
        self.check(self.admin.post(f"/webhooks/{self.hook}/deliveries/{failed}/resend"), 204)
        self.happen()
        self.assertEqual([d["state"] for d in self.log()], ["delivered"] * 2)
        ids = [c["id"] for c in self.net.ledger()]
        self.assertEqual(ids.count(f"msg_{failed}"), len(ids) - 1)

    def test_a_person_can_try_it(self):
        self.check(self.admin.post(f"/webhooks/{self.hook}/test"), 204)
        self.tick(1)
        came = self.net.ledger()
        self.assertEqual([json.loads(c["body"])["type"] for c in came], ["webhook.test"])
        self.assertEqual(came[0]["wrong"], "")

    def test_while_the_secret_is_renewed_both_fit(self):
        fresh = self.check(self.admin.post(f"/webhooks/{self.hook}/secret"), 201)["secret"]
        self.assertNotEqual(fresh, self.secret)
        self.happen()
        self.net.tell(secret=fresh)
        self.happen()
        self.assertEqual([c["wrong"] for c in self.net.ledger()], ["", ""])
        self.tick(DAY)
        self.net.tell(secret=self.secret)
        self.happen()
        self.assertIn("signature", self.net.ledger()[2]["wrong"])

    def test_a_removed_webhook_is_gone_with_its_log(self):
        self.happen()
        self.check(self.admin.delete(f"/webhooks/{self.hook}"), 204)
        self.happen()
        self.assertEqual(len(self.net.ledger()), 1)
        for path in ("", "/deliveries"):
            self.assertEqual(self.admin.get(f"/webhooks/{self.hook}{path}").status, 404)
        self.assertEqual(self.store.sql("SELECT COUNT(*) FROM webhook_delivery WHERE "
                                        f"webhook_id = {self.hook}"), [["0"]])


class Form(DrahtTest):
    """What can be asked for, and what is refused in words."""

    people = {"mira": "manager"}
    good = {"name": "CRM", "url": "https://crm.example/in", "kinds": KINDS}

    def refused(self, field, code, **more):
        answer = self.admin.post("/webhooks", self.good | more)
        self.assertEqual(answer.status, 422, answer)
        self.assertEqual([(e["field"], e["code"]) for e in answer["errors"]], [(field, code)])

    def test_each_field_has_its_limits(self):
        self.refused("name", "empty", name="   ")
        self.refused("name", "too_long", name="x" * 201)
        self.refused("url", "not_an_address", url="crm")
        self.refused("url", "not_an_address", url="https://eva:geheim@crm.example/")
        self.refused("url", "not_secure", url="http://93.184.216.34/in")
        self.refused("url", "too_long", url="https://crm.example/" + "x" * 2029)
        self.refused("kinds", "empty", kinds=[])
        self.refused("kinds", "unknown", kinds=["account.created"])
        self.refused("kinds", "unknown", kinds=["conversation.created check_back.due"])
        long = self.good | {"url": "https://crm.example/" + "x" * 2028}
        made = self.check(self.admin.post("/webhooks", long), 201)["webhook"]
        self.check(self.admin.delete(f"/webhooks/{made['id']}"), 204)

    def test_twenty_are_enough(self):
        made = [self.check(self.admin.post("/webhooks", self.good), 201)["webhook"]["id"]
                for _ in range(20)]
        answer = self.admin.post("/webhooks", self.good)
        self.assertEqual((answer.status, answer["code"]), (409, "too_many_webhooks"))
        self.assertEqual([w["id"] for w in self.admin.get("/webhooks")["items"]], made)
        for one in made:
            self.check(self.admin.delete(f"/webhooks/{one}"), 204)

    def test_the_secret_is_shown_once_and_stored_sealed(self):
        made = self.check(self.admin.post("/webhooks", self.good), 201)
        self.assertRegex(made["secret"], r"^whsec_[A-Za-z0-9+/]{32}$")
        self.assertNotIn(made["secret"][6:], json.dumps(self.admin.get("/webhooks").json))
        if self.store.engine == "sqlite":
            with open(self.store.database(), "rb") as file:
                self.assertNotIn(made["secret"][6:].encode(), file.read())
        self.check(self.admin.delete(f"/webhooks/{made['webhook']['id']}"), 204)

    def test_a_manager_sees_the_alarm_but_not_the_address(self):
        self.assertEqual(self.mira.get("/webhooks").status, 403)
        self.assertEqual(self.mira.get("/today")["webhooks"], {"items": [], "count": 0})
