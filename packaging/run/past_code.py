"""A payment code made by the hub's own use case, with a clock that stands in the past: `past_code.py PHONE CARD_ID`.

It works on the hub's database beside the hub that serves (the environment says which, as for every `mps-hub` command)
and prints the code's text. So a code that has expired is there at once, and nobody waits fifteen minutes for it.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hub_server.bootstrap import open_context, open_keys
from hub_server.members import member_by_phone
from hub_server.payment_codes import present_code
from hub_server.settings import Settings
from shared.clock import SystemClock

AGO = timedelta(minutes=20)


class PastClock(SystemClock):
    """The machine's clock, twenty minutes slow."""

    def now(self) -> datetime:
        """Twenty minutes ago."""
        return super().now() - AGO


def main(phone: str, card_id: str) -> int:
    context = open_context(Settings(), clock=PastClock())
    try:
        member = context.database.run(lambda connection: member_by_phone(connection, phone))
        if member is None:
            raise LookupError(f"no member has the phone {phone}")
        code = present_code(context, open_keys(context), member, card_id)
    finally:
        context.database.close()
    sys.stdout.write(f"{code.text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
