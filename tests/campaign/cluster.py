"""cluster.py - several nodes on one PostgreSQL, and an agent who answers at any of them."""
import json
import os
import signal
import time
import uuid

import frame
from harness import Server
from nodes import Node

LEASE = 2  # seconds; an item of the outbox is held for half as much again
UNDER_WAY = ("queued", "sending", "unknown")


class Cluster:
    """A house whose server is the first of several nodes."""

    def __init__(self, c, house, count, plan=""):
        self.c, self.house, self.always = c, house, plan
        self.nodes = [house.server] + [Node(house.store, n) for n in range(1, count)]
        for node in self.nodes[1:]:
            self.arm(node)
            node.start()

    def arm(self, node, plan=""):
        plan = ",".join(filter(None, (self.always, plan)))
        node.environment.pop("DRAHT_FAILPOINTS", None)
        if plan:
            node.environment["DRAHT_FAILPOINTS"] = plan

    def died(self, node):
        return node.process is None or node.process.poll() is not None

    def stopped(self, node):
        return not self.died(node) and Node.is_stopped(node)

    def fallen(self):
        """The nodes that do nothing any more, of themselves or by us."""
        return [n for n in self.nodes if self.died(n) or self.stopped(n)]

    def client(self, node, token):
        return node.client(token)

    def wake(self, node):
        if self.stopped(node):
            os.kill(node.process.pid, signal.SIGCONT)

    def raise_up(self, node, plan=""):
        """Awake again, and then anew, with another plan."""
        if self.stopped(node):
            self.wake(node)
            time.sleep(self.c.random.uniform(0, 0.2))  # let it try what it was about to do
        node.stop()
        self.arm(node, plan)
        node.patience = 2 if plan else 60
        try:
            Server.start(node)
        except AssertionError:
            if not plan:
                raise
            # Its plan may let it fall before it serves.
            frame.eventually(lambda: node in self.fallen() or node._wait_for_ready(),
                             what="the node to serve or fall")

    def close(self):
        for node in self.nodes[1:]:
            self.wake(node)
            status = node.stop()
            self.c.expect(status in (0, None, -signal.SIGKILL), f"a node ended with {status}")


class Desk:
    """Answers at whichever node answers, with the same key until one does."""

    def __init__(self, cluster, folder, cases):
        self.cluster, self.c, self.house, self.written = cluster, cluster.c, cluster.house, 0
        self.token = self.house.eva.token
        self.replies = os.path.join(folder, "replies")
        self.open_keys = []
        for n in range(cases):
            answer = self.house.inbound(self.house.item(f"c-{n}", f"Frage {n}"))
            self.c.expect(answer.status == 202, f"a question was refused: {answer!r}")
        self.cases = [x["id"] for x in self.house.admin.all("/conversations", view="all")]
        with open(self.replies, "w", encoding="utf-8"):
            pass

    def post(self, case, body, key, node):
        try:
            answer = node.client(self.token).send(
                "POST", f"/conversations/{case}/replies", {"body": body, "visibility": "public"},
                {"Idempotency-Key": key}, timeout=3)
        except frame.BROKEN:
            return False
        if answer.status != 201:
            self.c.expect(answer.status in (409, 503), f"a reply was refused: {answer!r}")
            return False
        with open(self.replies, "a", encoding="utf-8") as file:
            file.write(json.dumps({"body": body}) + "\n")
        return True

    def answer(self, several, node=None):
        for _ in range(several):
            self.written += 1
            one = (self.c.random.choice(self.cases), f"Antwort {self.written}", str(uuid.uuid4()))
            if not self.post(*one, node or self.c.random.choice(self.cluster.nodes)):
                self.open_keys.append(one)

    def repeat(self):
        standing = [n for n in self.cluster.nodes if n not in self.cluster.fallen()]
        self.open_keys = [one for one in self.open_keys
                          if not self.post(*one, self.c.random.choice(standing))]

    def under_way(self):
        return [b for b in self.house.admin.all("/outbox") if b["state"] in UNDER_WAY]

    def settle(self, seconds=90):
        frame.eventually(lambda: not (self.repeat() or self.open_keys), seconds, "the last answers")
        try:
            frame.eventually(lambda: not self.under_way(), seconds, "the outbox to rest")
        except AssertionError:
            self.c.violation(f"replies that never come to rest: {self.under_way()}"[:800])
