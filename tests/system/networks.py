"""networks.py - polling, gaps, budget and breaker, against a network with a memory of its own.

A program without the networks mock_a to mock_e (a release build) skips all of it.
"""
import json
import os
import subprocess
import sys
import unittest

from case import DrahtTest
from harness import HERE, MINUTE, eventually, iso


class Network:
    """network.py as the other end of a channel."""

    def __init__(self, folder, *arguments):
        self.ledger_path = os.path.join(folder, "network.ndjson")
        self.control_path = os.path.join(folder, "network.json")
        self.told = {}
        self.tell()
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "network.py"), "--ledger", self.ledger_path,
             "--control", self.control_path, *arguments], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def tell(self, **members):
        self.told |= members
        with open(self.control_path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.told, file)
        os.replace(self.control_path + ".new", self.control_path)

    def ledger(self, kind):
        if not os.path.exists(self.ledger_path):
            return []
        with open(self.ledger_path, encoding="utf-8") as file:
            return [x for x in map(json.loads, file) if x["kind"] == kind]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class OnNetwork(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        names = [n["network"] for n in cls.check(cls.admin.get("/networks"), 200)["items"]]
        if "mock_c" not in names:
            raise unittest.SkipTest("the program has no mock networks: build it with -Dtest_hooks=true")
        cls.net = Network(cls.store.folder)
        cls.place = cls.channel("Netz", network="mock_c",
                                settings={"url": cls.net.url, "quiet_ms": 30_000})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "net"):
            cls.net.stop()
        super().tearDownClass()

    def health(self):
        return self.check(self.admin.get(f"/channels/{self.place['id']}/health"), 200).json

    def gaps(self):
        return self.admin.all(f"/channels/{self.place['id']}/gaps")

    def publish(self, *more):
        items = self.net.told.get("items", [])
        for who in more:
            items.append(self.item("Wand", who, "Frage von " + who))
        self.net.tell(items=items)

    def people_here(self):
        return {c["person"]["name"] for c in self.conversations(self.place)}


class MockNetwork(OnNetwork):
    def test_what_is_new_comes_within_a_minute_and_all_of_it(self):
        names = [f"P{n}" for n in range(25)]
        self.publish(*names)
        self.server.clock(2 * MINUTE)
        self.assertEqual(self.people_here(), set(names))
        polling = self.health()["polling"]
        self.assertTrue(polling["last_at"] and polling["next_at"])
        self.assertEqual((polling["failed_at"], polling["error"]), (None, ""))
        first = self.gaps()[-1]
        self.assertEqual((first["fetched"], first["added"], first["asked_by"]), (25, 25, "timer"))

    def test_the_command_polls_now_and_says_what_was_missed(self):
        self.publish("Vergessen")
        self.net.told["items"][-1]["sent_at"] = "2026-11-02T06:00:00.000Z"  # long before
        self.net.tell()
        done = json.loads(self.store.run("channel", "poll", self.place["id"], "--json",
                                         "--allow-host", "127.0.0.1").stdout)
        self.assertEqual((done["fetched"], done["added"], done["missed"], done["refused"]),
                         (1, 1, 1, 0))
        self.assertIn("Vergessen", self.people_here())
        newest = self.gaps()[0]
        self.assertEqual((newest["asked_by"], newest["missed"]), ("command", 1))
        self.store.run("channel", "poll", "7", expect=1)

    def test_what_the_polls_did_not_see_is_fetched_at_night_and_told(self):
        self.net.tell(hidden=[len(self.net.told.get("items", []))])  # from the polls
        self.publish("Übersehen")
        self.server.clock(2 * MINUTE)
        self.assertNotIn("Übersehen", self.people_here())
        self.assertIsNone(self.health()["polling"]["reread_at"])
        self.server.clock(24 * 60 * MINUTE)
        self.assertIn("Übersehen", self.people_here())
        self.assertEqual(self.health()["polling"]["reread_missed"], 1)
        night = [gap for gap in self.gaps() if gap["asked_by"] == "night"]
        self.assertEqual([(gap["added"], gap["missed"]) for gap in night], [(1, 1)])
        self.assertEqual(self.health()["polling"]["reread_at"], night[0]["ended_at"])

    def test_a_network_that_fails_shows_in_the_health_and_nothing_is_skipped(self):
        self.net.tell(get=["500"] * 3)
        self.publish("Später")
        self.server.clock(2 * MINUTE)
        self.assertEqual(self.health()["polling"]["error"], "the network answered 500")
        self.net.tell(get=[])
        self.server.clock(20 * MINUTE)
        self.assertIn("Später", self.people_here())
        self.assertEqual(self.health()["polling"]["error"], "")

    def test_a_row_of_failures_opens_the_breaker_and_one_probe_closes_it(self):
        before = len(self.net.ledger("poll"))
        self.net.tell(get=["500"] * 40, post=["500"] * 40)
        self.server.clock(20 * MINUTE)
        sending = self.health()["sending"]
        self.assertIn(sending["state"], ("open", "probing"))
        self.assertGreaterEqual(sending["failures"], 5)
        self.assertTrue(sending["message"])
        self.assertEqual(sending["class"], "C")
        asked = len(self.net.ledger("poll")) - before
        self.assertLess(asked, 15, "it knocked at a closed door every minute")
        self.net.tell(get=[], post=[])
        self.server.clock(20 * MINUTE)
        self.assertEqual(self.health()["sending"]["state"], "closed")
        self.assertEqual(self.health()["sending"]["failures"], 0)

    def test_new_settings_close_an_open_breaker_at_once_and_what_waited_leaves(self):
        self.publish("Wartende")
        self.server.clock(2 * MINUTE)
        case = self.conversation(self.place, "Wartende")["id"]
        self.net.tell(get=["500"] * 40, post=["500"] * 40)
        self.server.clock(20 * MINUTE)
        self.assertEqual(self.health()["sending"]["state"], "open")
        self.reply(self.eva, case, "Sobald es geht")
        self.net.tell(get=[], post=[])
        channel = self.admin.get(f"/channels/{self.place['id']}")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": channel["settings"]}), 200)
        self.assertEqual(self.health()["sending"]["state"], "closed")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "sent", what="reply")

    def test_a_budget_that_the_network_says_is_used_up_is_a_rest(self):
        self.net.tell(budget=[0, 600])
        self.server.clock(2 * MINUTE)
        sending = self.health()["sending"]
        self.assertEqual(sending["told_budget"]["left"], 0)
        self.assertTrue(sending["next_try_at"])
        self.assertIn("left alone", sending["message"])
        asked = len(self.net.ledger("poll"))
        self.net.tell(budget=None)
        self.server.clock(7 * MINUTE)
        self.assertEqual(len(self.net.ledger("poll")), asked)
        self.server.clock(10 * MINUTE)
        self.assertGreater(len(self.net.ledger("poll")), asked)
        self.assertIsNone(self.health()["sending"]["next_try_at"])

    def test_what_the_network_counts_is_kept_day_by_day_and_shown_at_the_post(self):
        self.net.tell(counts={"followers": 1400, "posts": {"*": {"likes": 12, "shares": 3, "replies": 0}}})
        self.server.clock(24 * 60 * MINUTE)
        self.publish("Zählung")
        self.server.clock(2 * MINUTE)
        case = self.conversation(self.place, "Zählung")["id"]
        self.reply(self.eva, case, "Gezählt")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "sent", what="reply")
        self.server.clock(90 * MINUTE)
        post = next(m for m in self.open(case)["messages"] if m["direction"] == "out")
        self.assertEqual({k: post["measured"][k] for k in ("likes", "shares", "quotes", "replies", "views")},
                         {"likes": 12, "shares": 3, "quotes": None, "replies": 0, "views": None})
        self.assertEqual(post["reactions"], {"like": 12, "share": 3})
        self.assertIsNone(next(m for m in self.open(case)["messages"] if m["direction"] == "in")["measured"])
        self.assertIsNone(post["answers_differ"])
        self.net.tell(counts={"followers": 1400, "posts": {"*": {"likes": 12, "shares": 3, "replies": 2}}})
        self.server.clock(3 * 60 * MINUTE)
        differ = next(m for m in self.open(case)["messages"] if m["direction"] == "out")["answers_differ"]
        self.assertEqual({k: differ[k] for k in ("network", "here", "hidden", "removed")},
                         {"network": 2, "here": 0, "hidden": 0, "removed": 0})
        self.net.tell(counts={"followers": 1412, "posts": {"*": {"likes": 15, "shares": 3}}})
        self.server.clock(24 * 60 * MINUTE)
        points = self.check(self.eva.get(f"/messages/{post['id']}/measured"), 200).json
        self.assertEqual([(p["kind"], p["number"]) for p in points["items"]],
                         [("here", 0), ("hidden", 0), ("likes", 12), ("removed", 0), ("replies", 0), ("shares", 3),
                          ("replies", 2), ("likes", 15), ("replies", None)])
        series = self.check(self.eva.get(f"/channels/{self.place['id']}/measured"), 200).json
        self.assertEqual((series["measures"], series["error"], series["measured"]["followers"]), (True, "", 1412))
        self.assertEqual({p["kind"] for p in series["items"]}, {"followers"})
        self.assertEqual([p["number"] for p in series["items"]][-1], 1412)
        self.assertIn(1400, [p["number"] for p in series["items"]])
        self.check(self.eva.get("/messages/7/measured"), 404)
        self.check(self.eva.get("/channels/7/measured"), 404)
        same = series["items"][0]["at"]
        self.check(self.eva.get(f"/channels/{self.place['id']}/measured?from={same}&to={same}"), 422)

    def test_measuring_that_fails_is_said_and_stops_neither_polls_nor_replies(self):
        self.net.tell(count=["500"] * 100)
        self.publish("Trotzdem")
        self.server.clock(26 * 60 * MINUTE)
        series = self.check(self.admin.get(f"/channels/{self.place['id']}/measured"), 200).json
        self.assertTrue(series["failed_at"])
        self.assertEqual(series["error"], "the network answered 500")
        self.assertIn("Trotzdem", self.people_here())
        self.assertEqual(self.health()["sending"]["state"], "closed")
        self.net.tell(count=[])
        self.server.clock(3 * 60 * MINUTE)
        series = self.check(self.admin.get(f"/channels/{self.place['id']}/measured"), 200).json
        self.assertEqual((series["failed_at"], series["error"]), (None, ""))

    def test_a_reply_whose_answer_was_lost_is_found_and_left_once(self):
        before = len([x for x in self.net.ledger("post") if x["taken"]])
        self.net.tell(post=["lost"])
        case = self.conversation(self.place, "P1")["id"]
        self.reply(self.eva, case, "Antwort")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "unknown", what="doubt")
        self.settled()
        self.assertEqual(self.open(case)["outbox"][-1]["state"], "sent")
        self.assertEqual(len([x for x in self.net.ledger("post") if x["taken"]]), before + 1)


if __name__ == "__main__":
    unittest.main()


class Followers(OnNetwork):
    def publish_as_us(self, name, **more):
        self.net.told["items"].append(self.item(name, None, name, author={"external_id": "us", "is_us": True}, **more))
        self.net.tell()

    def test_35_of_1400_who_follow_are_2_5_percent_and_posts_reach_no_more_than_them(self):
        """S0-30, and the part of S0-29 where nobody counts who saw a post."""
        since = iso(self.server.now)
        self.net.tell(counts={"followers": 1400, "posts": {"*": {"likes": 12, "shares": 7}}})
        self.server.clock(24 * 60 * MINUTE)
        before = self.report("interacting_followers", since)
        self.assertEqual((before["value"], before["sum"], before["base"]), (0, 0, 1400))
        self.publish(*[f"F{n}" for n in range(35)], "F0", "F1")  # two of them twice
        self.publish_as_us("Unser Fest")
        self.server.clock(26 * 60 * MINUTE)
        self.net.tell(counts={"followers": 2000, "posts": {"*": {"likes": 12, "shares": 7}}})
        middle = iso(self.server.now)
        self.server.clock(24 * 60 * MINUTE)
        report = self.report("interacting_followers", since, middle)
        self.assertEqual((report["value"], report["n"], report["sum"], report["base"]), (0.025, 35, 35, 1400))
        self.assertEqual(len({c["person_id"] for c in self.cases("interacting_followers", since, middle)}), 35)
        by = self.report("interacting_followers", since, middle, by="channel")["series"]
        self.assertEqual([(one["label"], one["value"], one["base"]) for one in by], [("Netz", 0.025, 1400)])
        self.assertEqual(self.report("interacting_followers", since)["base"], 2000)
        reach = self.report("shareability_reach", since, middle)
        self.assertEqual((reach["value"], reach["base"], [p["key"] for p in reach["parts"]]), (0.005, 1400, ["estimated"]))
        other = self.channel("Anderswo")
        self.say(other, "dort", "Fremd", "Hallo")
        self.server.clock(1)
        self.assertEqual(self.report("interacting_followers", since)["n"], 35)
