"""`/admin/recovery`: what terminals sent and the hub left to people (protocol.md 5)."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_place, write_place
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Reason
from hub_server.journal_intake import (
    IntakeTools,
    RecoveryRow,
    RulingRow,
    honour_entry,
    intake_tools,
    list_recovery,
    refuse_entry,
)
from hub_server.signing_keys import HubSigningKeys
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.journal_entries import Status
from shared.problems import Code, CodedError
from shared.signing import from_base64url
from shared.strict_json import loads_object

MAX_SEQ_DIGITS = 15
PathSeq = Annotated[str, Path(max_length=64, description="The entry's place in its terminal's journal")]


class Word(Request):
    """Why it is honoured or refused."""

    reason: Reason


class Ruling(Message):
    """What was said of it. Honouring waits for a second person while `decided_by` is null."""

    verdict: Literal["honour", "refuse"]
    reason: str
    proposed_by: str
    proposed_at: WireInstant
    decided_by: str | None
    decided_at: WireInstant | None

    @classmethod
    def of(cls, row: RulingRow) -> "Ruling":
        """The message of a row."""
        return cls.model_validate(asdict(row) | {"verdict": row.verdict.value})


class RecoveryItem(Message):
    """An entry that waits, or waited, for a person. `amount` in minor units, of a charge before its rate; of an
    advice what was paid. `since`: when the hub had it first; `code`: what it was held for, or ended with."""

    terminal_id: str
    terminal_no: str
    terminal_name: str
    merchant_id: str
    merchant_name: str
    store_id: str
    store_name: str
    seq: int
    entry_id: str
    type: str
    status: Status
    code: str | None
    detail: str | None
    amount: int | None
    currency: str | None
    about: str | None
    at: WireInstant
    since: WireInstant
    ruling: Ruling | None

    @classmethod
    def of(cls, row: RecoveryRow) -> "RecoveryItem":
        """The message of a row."""
        values = asdict(row) | _asked(row.jws)
        values["ruling"] = Ruling.of(row.ruling) if row.ruling is not None else None
        return cls.model_validate(values)


class RecoveryList(Message):
    """A page, the longest waiting first."""

    items: tuple[RecoveryItem, ...]
    next_cursor: str | None


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/recovery", tags=["admin: recovery"])
    _add_reading(routes, context)
    _add_ruling(routes, context, intake_tools(context, keys))
    return routes


def _add_reading(routes: APIRouter, context: Context) -> None:
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def recovery(
        _session: Annotated[AdminSession, reads], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> RecoveryList:
        """What is held, and what has been unconfirmed or pending for more than 24 hours."""
        after, at = None if cursor is None else read_place(cursor), context.clock.now()
        rows = context.database.read(lambda c: list_recovery(c, at=at, after=after, limit=limit + 1))
        page, has_more = rows[:limit], len(rows) > limit
        return RecoveryList(
            items=tuple(RecoveryItem.of(row) for row in page),
            next_cursor=write_place(page[-1].since, page[-1].entry_id) if has_more else None,
        )


def _add_ruling(routes: APIRouter, context: Context, tools: IntakeTools) -> None:
    rules = Depends(admin_gate(context, Permission.RECOVERY))
    path = "/{terminal_id}/{seq}"

    @routes.post(
        f"{path}/honour", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN, Code.CONTRADICTORY_ENTRY)
    )
    def honour(
        session: Annotated[AdminSession, rules], terminal_id: PathId, seq: PathSeq, body: Word
    ) -> RecoveryItem:
        """Say that a held entry is to be honoured: it is when a second admin, in whose hands the first's login is not,
        says so too. The tables apply as though nobody were suspended, and never as to a live charge."""
        known, place, at = known_form(terminal_id), _place(seq), context.clock.now()
        row = context.database.run(
            lambda c: honour_entry(
                c, tools, terminal_id=known, seq=place, reason=body.reason, at=at, actor=session.actor
            )
        )
        return RecoveryItem.of(row)

    @routes.post(f"{path}/refuse", responses=problems(Code.NOT_FOUND, Code.CONTRADICTORY_ENTRY))
    def refuse(
        session: Annotated[AdminSession, rules], terminal_id: PathId, seq: PathSeq, body: Word
    ) -> RecoveryItem:
        """End a held entry with the code it was held for, or one that waits for a charge that never comes: nothing
        moves. An advice and its charge end together. What came back with this hub's own decision is only proposed by the
        first; it ends when a second person says the same."""
        known, place, at = known_form(terminal_id), _place(seq), context.clock.now()
        row = context.database.run(
            lambda c: refuse_entry(
                c, tools, terminal_id=known, seq=place, reason=body.reason, at=at, actor=session.actor
            )
        )
        return RecoveryItem.of(row)


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > MAX_SEQ_DIGITS:
        raise CodedError(Code.NOT_FOUND)
    return int(text)


def _asked(jws: str) -> dict[str, Any]:
    """What a stored entry, which was verified when it came, asks for; a malformed one may say anything."""
    data = loads_object(from_base64url(jws.split(".")[1])).get("data")
    told = data if isinstance(data, dict) else {}
    amount = told.get("amount", told.get("payable"))
    currency, about = told.get("currency"), told.get("charge", told.get("tx_no"))
    return {
        "amount": amount if type(amount) is int else None,
        "currency": currency if isinstance(currency, str) else None,
        "about": about if isinstance(about, str) else None,
    }
