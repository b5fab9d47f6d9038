"""t03_power_loss.py - the power goes below the file system, while messages come in."""
import os
import time

import frame
import rig

ID = "T-03"
TITLE = "loss of power below the file system (ext4)"
PROMISE = "A message that we acknowledged is on disk, also when the machine loses its power."
QUICK, FULL, CONTROL = 10, 300, 5
MOUNTS = True
NOT_COVERED = "A drive that says that it has flushed and has not; a defect of the kernel itself."
MOST_MS = 120


def cut(c, unsynced):
    disk = rig.Disk(3072 if c.full else 256)
    environment = {"DRAHT_FAILPOINTS": "control.unsynced=fail@1+"} if unsynced else {}
    try:
        with frame.elsewhere() as folder, \
                frame.House(c, data=os.path.join(disk.place, "data"),
                            environment=environment) as house:
            house.verifies = not unsynced
            if unsynced:
                os.sync()  # what was there before is not what we are after
            cycles(c, house, disk, folder)
    finally:
        disk.close()


def cycles(c, house, disk, folder):
    with frame.Oracle(house, folder, threads=8, files=10) as oracle:
        for n in range(c.n):
            have = oracle.acknowledged()
            frame.eventually(lambda: oracle.acknowledged() > have + 8, what="acknowledgements")
            time.sleep(c.random.uniform(0, MOST_MS / 1000))
            disk.power_loss(house.server.kill)
            c.count("power_losses")
            c.expect(not os.path.exists(os.path.join(house.store.data, "draht.db-wal.damaged")),
                     "a log that was only torn was taken for damaged")
            if n % 25 == 24:
                c.expect(frame.check(c, house.database())["integrity"] == "ok", "damaged")
            try:
                house.start()
            except AssertionError as error:
                c.violation(f"after a loss of power the store does not open: {error}"[:300])
                break
        oracle.stop()
        house.server.stop()
        found = frame.check(c, house.database(), oracle.history,
                            dark=disk.write_dark(os.path.join(folder, "dark")))
    c.counts.update({k: found.get(k) for k in ("acked", "stored", "lost", "doubled", "files",
                                               "bad_files", "integrity")})


def play(c):
    frame.need_hooks()
    cut(c, unsynced=False)
    c.expect(c.counts.get("acked", 0) > 5 * c.n, "too little was acknowledged to prove anything")


def control(c):
    """Without a flush the same attack must lose something."""
    cut(c, unsynced=True)
    return "nothing is flushed"
