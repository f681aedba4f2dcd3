"""What a terminal's own journal says, read with plain SQL beside its program: the witness shares no code with it.

But the same SQLite library: a second copy of it in one process does not see the first one's locks, truncates the WAL's
index under it, and commits are lost.
"""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from shared.journal_entries import Entry, verify_chain
from shared.signing import PublicJwk
from tests.system.shop import Shop

_BUSY_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCharge:
    """A charge as the terminal keeps it."""

    id: str
    seq: int
    state: str
    payable: int

    @property
    def is_paid(self) -> bool:
        """The customer was, or may be, told that it is paid."""
        return self.state in ("completed", "settled", "advised")

    @property
    def is_open(self) -> bool:
        """Nobody knows."""
        return self.state in ("durable", "in_doubt")


def own_charges(folder: Path) -> list[OwnCharge]:
    """All charges of the terminal in this folder, oldest first."""
    return [
        OwnCharge(**row) for row in _rows(folder, "select id, seq, state, payable from charges order by seq")
    ]


def own_entries(folder: Path) -> list[tuple[int, str, str | None]]:
    """`(seq, jws, decision)` of the whole journal."""
    query = (
        "select e.seq, e.jws, d.jws as decision from entries e left join decisions d on d.seq = e.seq"
        " order by e.seq"
    )
    return [(row["seq"], row["jws"], row["decision"]) for row in _rows(folder, query)]


def own_types(folder: Path) -> list[str]:
    """The entries' types in order."""
    return [row["type"] for row in _rows(folder, "select type from entries order by seq")]


def verified_journal(folder: Path) -> list[Entry]:
    """The journal, proved from its texts and the public key alone.

    Raises:
        BrokenChain: it does not hold.
    """
    facts = {row["name"]: row["value"] for row in _rows(folder, "select name, value from hub_facts")}
    key = PublicJwk.model_validate_json(facts["public_key"])
    terminal_id: str = json.loads(facts["terminal_id"])
    return list(verify_chain((jws for _, jws, _ in own_entries(folder)), terminal_id, key.verifier()))


def both_sides_agree(shop: Shop, folder: Path) -> list[Entry]:
    """Every entry is at both, byte for byte, with the same signed decision; nothing is open; what is paid was paid.

    Returns the journal, whose chain it has proved.

    Raises:
        AssertionError: they do not.
    """
    entries = verified_journal(folder)
    ours = own_entries(folder)
    theirs = [(row["seq"], row["jws"], row["decision"]) for row in shop.entries_of(entries[0].terminal_id)]
    assert [entry[:2] for entry in theirs] == [entry[:2] for entry in ours], "not the same entries"
    for (seq, _, mine), (_, _, his) in zip(ours, theirs, strict=True):
        assert mine is not None, f"entry {seq} has no decision at the terminal"
        assert mine == his, f"entry {seq} has two decisions"
    paid = net_paid(shop, entries[0].terminal_id)
    for charge in own_charges(folder):
        assert not charge.is_open, charge
        owed = charge.payable if charge.is_paid else 0
        assert paid.get(charge.id, 0) == owed, (charge, paid.get(charge.id))
    return entries


def net_paid(shop: Shop, terminal_id: str) -> dict[str, int]:
    """What the hub took for each charge of a terminal, less what it gave back, minor units."""
    return {row["entry_id"]: row["payable"] - row["given_back"] for row in shop.charges_of(terminal_id)}


def _rows(folder: Path, query: str) -> list[dict[str, Any]]:
    address = f"{(folder / 'terminal.db').as_uri()}?mode=ro"
    with closing(sqlite.connect(address, uri=True, timeout=_BUSY_S)) as connection:
        connection.row_factory = sqlite.Row
        return [dict(row) for row in connection.execute(query)]
