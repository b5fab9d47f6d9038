"""start.py - the first minute: a set-up address, a page that answers, a clean end."""
import os
import re
import signal
import unittest

from harness import PASSWORD, Server, Store


class Start(unittest.TestCase):
    def setUp(self):
        self.store = Store()
        self.addCleanup(self.store.remove)
        self.server = Server(self.store)
        self.addCleanup(self.server.stop)

    def setup_token(self):
        found = re.search(r"/setup\?token=(\S+)", self.server.said + self.server.log())
        self.assertTrue(found, self.server.said)
        return found.group(1)

    def test_the_first_start_prints_an_address_that_sets_up_once(self):
        self.server.start()
        client = self.server.client()
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(client.get(path).status, 200, path)
        self.assertEqual(client.get("/setup")["needed"], True)
        body = {"token": self.setup_token(), "workspace_name": "Laden", "email": "ich@example.org",
                "name": "Ich", "password": PASSWORD, "language": "de",
                "time_zone": "Europe/Berlin"}
        wrong = client.post("/setup", dict(body, token="x" * len(body["token"])))
        self.assertIn(wrong.status, (401, 403, 404, 422))
        made = client.post("/setup", body)
        self.assertEqual(made.status, 201, repr(made))
        client.csrf = made["csrf_token"]
        me = client.get("/me")
        self.assertEqual((me["account"]["role"]["slug"], me["workspace"]["time_zone"]),
                         ("administrator", "Europe/Berlin"))
        self.assertEqual(client.get("/setup")["needed"], False)
        again = self.server.client().post("/setup", dict(body, email="dieb@example.org"))
        self.assertGreaterEqual(again.status, 400)
        self.server.restart()
        self.assertNotIn("/setup?token=", self.server.said)
        self.assertEqual(self.server.client().login("ich@example.org", PASSWORD).status, 201)

    def test_the_first_user_by_command_ends_set_up(self):
        self.store.add_user("ich@example.org", "administrator")
        self.server.start()
        self.assertNotIn("/setup?token=", self.server.said)
        self.assertEqual(self.server.client().get("/setup")["needed"], False)

    def test_it_starts_and_rests_and_says_how_fast_and_how_small(self):
        self.store.add_user("ich@example.org", "administrator")
        self.server.start()
        self.assertEqual(self.server.client().get("/healthz").status, 200)
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as file:
            resident = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))
        print(f"measured: started in {self.server.started_in * 1000:.0f} ms, "
              f"idle with {resident / 1024:.1f} MiB", flush=True)

    def test_sighup_asks_for_a_renewed_certificate_and_ends_nothing(self):
        self.server.start()
        self.server.process.send_signal(signal.SIGHUP)
        while "event=certificate_read" not in self.server.log():
            self.assertIsNone(self.server.process.poll(), self.server.log())
        self.assertEqual(self.server.client().get("/healthz").status, 200)

    def test_sigterm_ends_it_cleanly_with_an_open_stream(self):
        self.store.add_user("ich@example.org", "administrator")
        token = self.store.token("ich@example.org")
        self.server.start()
        stream = self.server.client(token).events()
        self.assertEqual(self.server.stop(), 0)
        self.assertTrue(stream.ended.wait(5))
        self.store.run("verify")

    def test_a_taken_port_is_an_error_in_one_line(self):
        self.server.start()
        taken = f"127.0.0.1:{self.server.address[1]}"
        second = self.store.run("serve", "--listen", taken, expect=1)
        self.assertIn(taken.split(":")[1], second.stderr)

    def test_a_second_server_on_the_same_store_sees_the_same_work(self):
        self.store.add_user("ich@example.org", "administrator")
        token = self.store.token("ich@example.org")
        self.server.start()
        second = Server(self.store)
        self.addCleanup(second.stop)
        second.start()
        stream = second.client(token).events()
        made = self.server.client(token).post("/departments", {"name": "Beide"})
        self.assertEqual(made.status, 201, repr(made))
        names = [d["name"] for d in second.client(token).all("/departments")]
        self.assertEqual(names, ["Beide"])
        self.assertTrue(stream.wait(lambda kind, data: True), "no event from the other node")
        stream.close()

    def test_the_clock_cannot_be_moved_without_the_flag(self):
        self.server.start()
        answer = self.server.client().send("POST", "/test/v1/clock",
                                           {"now": "2030-01-01T00:00:00Z"})
        self.assertEqual(answer.status, 404)

    def test_the_key_is_for_the_owner_alone(self):
        self.store.add_user("ich@example.org", "administrator")
        self.server.start()
        mode = os.stat(os.path.join(self.store.data, "key")).st_mode & 0o777
        self.assertEqual(mode, 0o600)

    def test_every_answer_carries_the_headers_of_caution(self):
        self.server.start()
        answer = self.server.client().get("/setup")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        page = self.server.client().send("GET", "/api/v1/nowhere")
        self.assertEqual(page.headers["Content-Type"].split(";")[0], "application/problem+json")
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
