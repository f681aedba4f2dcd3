"""In the guest: the window's own use cases, one customer after the other, with no hub to be reached.

Each approval is told on the console the moment the window would show it, as the line that `mps-pos charge --json`
prints: `{"status": …, "entry_id": …}`.
"""

import json
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pos_app.bootstrap import build_terminal
from pos_app.features.charging.outcomes import ChargeRequest, CodeSeen, PaidOffline
from pos_app.settings import Settings
from pos_app.syncing.line import LineState

_LINE_KNOWN_MS: Final = 10_000
_AMOUNT: Final = 100


def main(folder: Path, codes: list[str]) -> int:
    """Charge each code once; 1 if one was not approved."""
    terminal = build_terminal(Settings(data_dir=folder))
    try:
        terminal.start()
        if terminal.line.wait_until_known(_LINE_KNOWN_MS) is not LineState.OFFLINE:
            raise RuntimeError("a hub answers where none should be")
        for code in codes:
            seen = terminal.desk.read_code(code)
            if not isinstance(seen, CodeSeen):
                raise RuntimeError(f"a code was refused: {seen}")
            outcome = terminal.desk.charge(
                ChargeRequest(amount=_AMOUNT, code_ref=seen.code_ref, cashier="cashier", shift="shift")
            )
            if not isinstance(outcome, PaidOffline):
                sys.stdout.write(f"not approved: {type(outcome).__name__}\n")
                return 1
            told = {"status": "approved_offline", "entry_id": outcome.entry.entry_id}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        return 0
    finally:
        terminal.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="ascii").splitlines()))
