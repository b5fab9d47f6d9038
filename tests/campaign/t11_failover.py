"""t11_failover.py - the PostgreSQL under a working Draht dies, its standby takes its place, and the old one comes back."""
import time
import urllib.parse

import cluster
import frame
import harness
import pair
from harness import Peer

ID = "T-11"
TITLE = "PostgreSQL fails over"
PROMISE = ("With a synchronous standby a failover of PostgreSQL loses nothing that was acknowledged and "
           "sends nothing twice; a server that was replaced and comes back is refused.")
QUICK, FULL, CONTROL = 1, 20, 1
ENGINES = ("postgres",)
FULL_SECONDS = 1500
NOT_COVERED = ("Two machines with a network between them that breaks only partly; who promotes the standby is "
               "not Draht's business.")
SILENT_S = 0.5  # before it dies the primary is not heard: what it acknowledged alone is lost


def old_one_returns(c, servers, desk, sender):
    """It would take changes; whoever connects anew must not be content with it."""
    servers.wake_the_old()
    servers.first.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE application_name = 'draht'")
    desk.answer(4)
    before = sender.acknowledged()
    frame.eventually(lambda: sender.acknowledged() > before + 5, 60, "work beside the old server")
    taken = servers.second.sql("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'draht' "
                               "AND state <> 'idle' AND backend_xid IS NOT NULL")
    c.expect(taken == "0", "a node writes to the server that was replaced")
    c.count("old_servers_refused")
    servers.second.kill()


def one(c, servers, desk, sender, is_last):
    before = sender.acknowledged()
    frame.eventually(lambda: sender.acknowledged() > before + 10, 60, "work before the failover")
    desk.answer(3)
    def silence():
        """As long as it takes to acknowledge something that nobody else has; who waits for
        the standby acknowledges nothing any more."""
        have = sender.acknowledged()
        if not servers.synchronous:
            frame.eventually(lambda: sender.acknowledged() > have, what="what nobody else has")
        time.sleep(SILENT_S)
        silence.ended = time.monotonic()
    c.sample("promote_ms", servers.fail_over(silence) * 1000)
    promoted, before = time.monotonic(), sender.acknowledged()
    frame.eventually(lambda: sender.acknowledged() > before, 120, "work after the failover")
    c.sample("outage_ms", (time.monotonic() - silence.ended) * 1000)
    c.sample("takes_up_ms", (time.monotonic() - promoted) * 1000)
    c.count("failovers")
    desk.repeat()
    old_one_returns(c, servers, desk, sender)
    if not is_last:
        servers.follow()


def fire(c, synchronous):
    servers = pair.Pair(synchronous)
    before, harness.POSTGRES = harness.POSTGRES, servers.url("postgres")
    try:
        with frame.elsewhere() as folder, \
                frame.House(c, flags=("--lease-seconds", str(cluster.LEASE))) as house:
            house.verifies = synchronous
            work(c, servers, house, folder)
    finally:
        harness.POSTGRES = before
        servers.close()


def work(c, servers, house, folder):
    peer, nodes = Peer(folder, seed=c.seed), None
    try:
        house.place = house.channel("Netz", outbound_url=peer.url, quiet_ms=1000)
        peer.know(house.place["signing_secret"])
        nodes = cluster.Cluster(c, house, 2)
        desk = cluster.Desk(nodes, folder, 12)
        with frame.Oracle(house, folder, nodes.nodes[1].address, house.channel("Eingang"),
                          threads=2, pause=0.01) as sender:
            for n in range(c.n):
                one(c, servers, desk, sender, n + 1 == c.n)
        if servers.synchronous:
            desk.settle()
        nodes.close()
        house.server.stop()
        one_host = urllib.parse.urlsplit(house.store.url)._replace(
            netloc=f"draht@127.0.0.1:{servers.first.port}", query="").geturl()
        books = {"replies": desk.replies, "ledger": peer.ledger_path} if servers.synchronous else {}
        found = frame.check(c, one_host, sender.history, **books)
    finally:
        if nodes:
            nodes.close()
        peer.stop()
    c.counts.update({k: v for k, v in found.items() if k != "integrity"})


def play(c):
    fire(c, True)


def control(c):
    """A standby that nobody waits for loses the last of what was acknowledged."""
    fire(c, False)
    return "synchronous_standby_names is empty"
