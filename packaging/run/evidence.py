"""What can be seen of a charge from outside the window: in the hub's database and in the terminal's own journal.

Both are read with plain SQL and read-only, beside the programs that write them: the witness shares no code with them.
But the same SQLite library as the window in this process: a second copy of it would not see the first one's locks, and
would truncate the WAL's index under it.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from ground import HUB, TERMINAL
from pysqlite3 import dbapi2 as sqlite
from stage import Card, Stage

_HTTP_S: Final = 10
_BUSY_S: Final = 5
_HUB_ENTRIES: Final = (
    "select e.entry_id, e.seq, e.type, e.status, e.code, e.jws, e.decision, e.reversal_tx_no, t.tx_no, t.payable,"
    " t.given_back from journal_entries e left join transactions t on t.id = e.transaction_id"
)
_CHARGE: Final = (
    "select c.id, c.seq, c.state, c.payable, c.refusal_code, e.jws, d.jws as decision from charges c"
    " join entries e on e.seq = c.seq left join decisions d on d.seq = c.seq order by c.seq desc limit 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubEntry:
    """An entry as the hub keeps it, and the transaction it is about, if there is one."""

    entry_id: str
    seq: int
    type: str
    status: str | None
    code: str | None
    jws: str
    decision: str | None
    reversal_tx_no: str | None
    tx_no: str | None
    payable: int | None
    given_back: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCharge:
    """A charge as the terminal keeps it, its entry and the decision that it stored."""

    id: str
    seq: int
    state: str
    payable: int
    refusal_code: str | None
    jws: str
    decision: str | None


def card_now(stage: Stage, card: Card) -> dict[str, Any]:
    """A card's balance and points as its member sees them."""
    answer = httpx.get(
        f"{stage.hub.url}/api/v1/me/cards",
        headers={"Authorization": f"Bearer {card.member['access_token']}"},
        timeout=_HTTP_S,
    )
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return next(item for item in items if item["card_id"] == card.card_id)


def balance(stage: Stage, card: Card) -> int:
    """A card's balance at the hub, minor units."""
    return int(card_now(stage, card)["balance"])


def last_charge() -> OwnCharge:
    """The newest charge of the terminal's journal.

    Raises:
        LookupError: there is none.
    """
    rows = _rows(TERMINAL / "terminal.db", _CHARGE)
    if not rows:
        raise LookupError("the terminal's journal holds no charge")
    return OwnCharge(**rows[0])


def charged() -> int:
    """What the terminal's standing charges come to, minor units."""
    query = "select coalesce(sum(payable), 0) as n from charges where state in ('completed', 'advised', 'settled')"
    return int(_rows(TERMINAL / "terminal.db", query)[0]["n"])


def hub_entries_about(charge_id: str) -> list[HubEntry]:
    """The hub's entries about one charge, itself first."""
    query = f"{_HUB_ENTRIES} where e.charge_id = ? order by e.seq"
    return [HubEntry(**row) for row in _rows(HUB / "hub.sqlite", query, _stored(charge_id))]


def effects_of(entry_id: str) -> int:
    """How many transactions the hub made of one entry."""
    query = "select count(*) as n from transactions where entry_id = ?"
    return int(_rows(HUB / "hub.sqlite", query, _stored(entry_id))[0]["n"])


def _stored(entry_id: str) -> str:
    """An id as SQLite holds the hub's: without its dashes."""
    return entry_id.replace("-", "")


def _rows(database: Path, query: str, *arguments: str) -> list[dict[str, Any]]:
    with closing(sqlite.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)) as connection:
        connection.row_factory = sqlite.Row
        return [dict(row) for row in connection.execute(query, arguments)]
