"""t08_ambiguous_answers.py - networks that apply and do not say so, late, or not at all, in virtual time."""
import frame
from simulator import Told

ID = "T-08"
TITLE = "ambiguous answers of networks, in the simulator"
PROMISE = "A reply whose answer was lost, late or wrong is sent once, or marked as uncertain and shown to a person."
QUICK, FULL, CONTROL = 0, 100_000, 2400  # replies; the simulator itself is a suite of the quick lane
NOT_COVERED = "A network that applies something later than five minutes after it was told, or shows it later than a minute after that."


def play(c):
    told = Told(c, "--sends", str(c.n))
    report = told.reports[0]
    c.counts.update(report)
    c.expect(report["acknowledged"] >= c.n, f"only {report['acknowledged']} replies were acknowledged")
    for what in ("doubled", "lost"):
        c.expect(not report[what], f"{report[what]} replies were {what}")
    c.expect(told.status == 0, f"it ended with {told.status}: {told.lines('seed ')[:3]}")


def control(c):
    """Who tries a doubtful send again without asking must be seen to send twice."""
    frame.need_hooks()
    report = Told(c, "--sends", str(c.n), "--mutant", "naive").reports[0]
    c.expect(not report["doubled"], f"{report['doubled']} of {report['acknowledged']} were sent twice")
    return "a doubtful send is simply tried again"
