"""What both programs say of their books once the window is closed."""

from typing import Final

from report import Report
from stage import Stage

AFTERWARDS: Final = ("ledger", "journal", "status")


def look_afterwards(stage: Stage, report: Report) -> None:
    """`mps-hub check`, `mps-pos journal verify`, `mps-pos status`: each must be clean."""
    with report.step("ledger") as facts:
        facts["check"] = stage.hub.check()
    with report.step("journal") as facts:
        done = stage.terminal.run("journal verify")
        facts["said"] = done.stdout.strip()
        report.expect(done.returncode == 0, f"mps-pos journal verify: {done.stdout}{done.stderr}")
    with report.step("status") as facts:
        status = stage.terminal.json("status")
        facts.update(status)
        report.expect_equal("the number of entries that wait at the terminal", status["queue"]["depth"], 0)
