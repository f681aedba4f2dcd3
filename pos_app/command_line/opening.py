"""Opens the terminal for a command that writes, and tells which open charges that has cancelled (protocol.md 5)."""

import sys

from pos_app.bootstrap import Terminal, build_terminal
from pos_app.command_line.words import say
from pos_app.settings import Settings
from shared.money import format_amount


def open_terminal(settings: Settings) -> Terminal:
    """The terminal; each charge that opening it has cancelled is a line on standard error.

    Raises:
        NotEnrolled, StorageError, KeyStoreFailed, JournalDamaged: see `build_terminal`.
    """
    terminal = build_terminal(settings)
    exponent = terminal.hub_copy.facts.policy.exponent
    for charge in terminal.recovered:
        amount = format_amount(charge.payable, exponent)
        sys.stderr.write(say("recovered", settings.language, seq=charge.seq, amount=amount) + "\n")
    return terminal


def recovered_as_json(terminal: Terminal) -> list[dict[str, object]]:
    """The charges that opening the terminal has cancelled; amounts in minor units."""
    return [
        {"entry_id": charge.id, "seq": charge.seq, "amount": charge.amount, "payable": charge.payable}
        for charge in terminal.recovered
    ]
