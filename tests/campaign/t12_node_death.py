"""t12_node_death.py - three nodes share the work; one after the other dies, or sleeps past its lease and wakes."""
import os
import signal
import time

import cluster
import frame
from harness import Peer

ID = "T-12"
TITLE = "a node dies, or wakes after it was thought dead"
PROMISE = ("With several nodes on one PostgreSQL the death or sleep of one loses nothing and sends "
           "nothing twice; the others take its work over after the lease.")
QUICK, FULL, CONTROL = 2, 100, 1
ENGINES = ("postgres",)
FULL_SECONDS = 2400
NOT_COVERED = ("A process that is stopped between its last look at the clock and the system call that sends: "
               "microseconds, which no lease can close; there the class of the network decides.")
QUIET_MS = 4000  # longer than the network may take for what it was sent, on a busy machine
CONTROL_ROUNDS, AWAKE_SECONDS = 6, 5
PLACES = ("outbox.composed", "outbox.claiming", "outbox.claimed", "outbox.answered", "outbox.settling",
          "outbox.settled", "job.claimed", "job.ran", "store.committing", "store.committed")


class Round:
    def __init__(self, c, nodes, desk):
        self.c, self.nodes, self.desk = c, nodes, desk

    def held(self):
        """What is being sent just now, and by which claim."""
        return {tuple(row) for row in self.c.store.sql(
            "SELECT id, epoch FROM outbox WHERE state = 'sending'")}

    def fall(self, n):
        """The node that fell, at a place of its plan or at any moment."""
        node = self.nodes.nodes[n % len(self.nodes.nodes)]
        if n % 2:
            place, what = self.c.random.choice(PLACES), self.c.random.choice(("kill", "stop"))
            self.nodes.raise_up(node, f"{place}={what}@{self.c.random.randint(1, 4)}")
        for _ in range(3):
            self.desk.answer(2, node)
            if node in self.nodes.fallen():
                self.c.count("fell_at_places")
                return node
        self.desk.answer(2)
        time.sleep(self.c.random.uniform(0, 0.03))
        if not self.nodes.died(node):
            os.kill(node.process.pid, self.c.random.choice((signal.SIGKILL, signal.SIGSTOP)))
        self.c.count("fell_at_random")
        return node

    def play(self, n):
        node = self.fall(n)
        begun, held = time.monotonic(), self.held()
        time.sleep(0.1)
        held &= self.held()  # what the others were about just then is over by now
        self.desk.answer(2)
        self.desk.repeat()
        if held:
            frame.eventually(lambda: not held & self.held(), 60, "the work to be taken over")
            self.c.count("taken_over", len(held))
            self.c.sample("takeover_ms", (time.monotonic() - begun) * 1000)
        if self.nodes.stopped(node):
            frame.eventually(lambda: time.monotonic() - begun > 3 * cluster.LEASE, 30, "three leases")
            self.c.count("woke_after_three_leases")
        self.nodes.raise_up(node)


def fire(c, plan="", rounds=None):
    with frame.elsewhere() as folder, \
            frame.House(c, flags=("--lease-seconds", str(cluster.LEASE))) as house:
        c.store, house.verifies = house.store, not plan
        peer, nodes = Peer(folder, seed=c.seed), None
        try:
            house.place = house.channel("Netz", outbound_url=peer.url, quiet_ms=QUIET_MS)
            peer.know(house.place["signing_secret"])
            nodes = cluster.Cluster(c, house, 3, plan)
            desk = cluster.Desk(nodes, folder, 24)
            with frame.Oracle(house, folder, nodes.nodes[1].address, house.channel("Eingang"),
                              threads=1, pause=0.05) as sender:
                (rounds or many)(c, nodes, desk, peer)
            desk.settle(20 if plan else 90)  # a control may leave what nobody takes up
            nodes.close()
            house.server.stop()
            found = frame.check(c, house.database(), sender.history, replies=desk.replies,
                                ledger=peer.ledger_path)
        finally:
            if nodes:
                nodes.close()
            peer.stop()
    c.counts.update({k: v for k, v in found.items() if k != "integrity"})


def many(c, nodes, desk, _peer):
    for n in range(c.n):
        Round(c, nodes, desk).play(n)


def doubled(peer):
    keys = [key for _, key in peer.taken()]
    return len(keys) > len(set(keys))


def asleep_with_a_claim(c, nodes, desk, peer):
    """The worst moment: claimed, and nothing has left. Again until it was seen once: whether
    the sleeper comes to send before its connection is missed is chance, each time."""
    for _ in range(CONTROL_ROUNDS):
        node, before = nodes.nodes[1], len(peer.taken())
        nodes.raise_up(node, "outbox.claimed=stop@1")
        desk.answer(1, node)
        frame.eventually(lambda: node in nodes.fallen(), 20, "the node to stop")
        frame.eventually(lambda: len(peer.taken()) > before, 60, "another node to send it")
        nodes.wake(node)
        try:
            frame.eventually(lambda: doubled(peer), AWAKE_SECONDS, "the sleeper to send")
            return
        except AssertionError:
            nodes.raise_up(node)


def play(c):
    frame.need_hooks()
    fire(c)
    c.expect(c.counts.get("replies", c.counts.get("state_sent", 0)) > c.n, "hardly anything was sent")


def control(c):
    """Without epochs: what was claimed is sent again when the lease ends, and again when the sleeper wakes."""
    fire(c, "control.no_epoch=fail@1+", asleep_with_a_claim)
    return "no epochs"
