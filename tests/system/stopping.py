"""stopping.py - a stop does not wait for a network that does not answer, and loses nothing.

The harness gives the server ten seconds to end, the service that is shipped fifteen; a talk with a network may
take a minute.
"""
import socket
import threading

from harness import MINUTE, eventually
from mails import OTTO, PAULA, US, Disturbed


class Silent:
    """Takes connections and what is said, and never says a word."""

    def __init__(self):
        self.heard, self.open = [], []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.open.append(client)
            threading.Thread(target=self._listen, args=(client,), daemon=True).start()

    def _listen(self, client):
        try:
            while piece := client.recv(65536):
                self.heard.append(piece)
        except OSError:
            pass

    def requests(self, method):
        return sum(piece.startswith(method) for piece in self.heard)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # or the thread would take one more
        self.socket.close()
        for client in self.open:
            client.close()


class Stopping(Disturbed):
    @classmethod
    def prepare(cls):
        cls.silent = Silent()
        super().prepare()

    def stop(self):
        self.assertEqual(self.server.stop(), 0)

    def box(self, case):
        return self.open(case)["outbox"][-1]

    def test_1_a_reply_over_http_that_was_on_its_way_is_in_doubt_and_not_repeated(self):
        silent = Silent()
        shop = self.channel("Laden", settings={"outbound_url": f"http://127.0.0.1:{silent.port}"})
        self.say(shop, "t", "Jonas", "Hallo?")
        case = self.conversation(shop)["id"]
        self.reply(self.eva, case, "Guten Tag")
        eventually(lambda: silent.requests(b"POST"), 20, "the reply to leave")
        self.stop()
        self.server.start()
        self.assertEqual(self.box(case)["state"], "unknown")
        self.assertIn("this server is ending", self.box(case)["reason"])
        self.assertEqual(silent.requests(b"POST"), 1)
        silent.stop()

    def test_2_a_mail_whose_confirmation_hangs_is_found_after_the_next_start(self):
        self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", "Frage")
        self.poll()
        case = self.conversation(self.place, "Paula")["id"]
        self.between.faults = ["hang"]
        self.reply(self.eva, case, "Nur einmal, bitte.", visibility="private")
        self.peer.wait_box(PAULA, 1)
        self.stop()
        self.server.start()
        self.assertEqual(self.box(case)["state"], "unknown")
        self.server.clock(10 * MINUTE)
        self.sent(case)
        self.assertEqual(self.box(case)["how"], "found")
        self.assertEqual(len(self.peer.box(PAULA)), 1)

    def test_3_a_mailbox_that_never_greets_and_a_check_of_it_do_not_hold_up_the_end(self):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {
            "imap_port": self.silent.port, "password": self.peer.password}}), 200)
        eventually(lambda: self.silent.requests(b"\x16"), 20, "the poll to begin its TLS")
        asker = threading.Thread(target=lambda: self.admin.post(f"/channels/{self.place['id']}/verify"))
        asker.start()
        eventually(lambda: self.silent.requests(b"\x16") > 1, 20, "the check to begin its TLS")
        self.stop()
        asker.join()
        self.silent.stop()
        self.server.start()
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {
            "imap_port": self.peer.ports["imaps"], "password": self.peer.password}}), 200)
        self.peer.send(f"Otto <{OTTO}>", US, "Wieder da?", "Danach")
        self.server.clock(30 * MINUTE)
        self.assertIn("Danach", [c["thread"]["title"] for c in self.conversations(self.place)])
        self.assertEqual(self.health()["polling"]["error"], "")
