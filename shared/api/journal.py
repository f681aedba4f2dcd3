"""`POST /api/v1/terminals/me/journal` (protocol.md 5)."""

from typing import Annotated

from pydantic import Field

from shared.api.messages import Message, Request
from shared.api.transactions import Transaction
from shared.clock import WireInstant
from shared.journal_entries import Status
from shared.problems import Code

MAX_BATCH = 200
MAX_REQUEST_BYTES = 1 << 20


class SubmittedEntry(Request):
    """An entry's compact text, and its decision where the terminal has one already."""

    jws: str
    decision: str | None = None


class JournalRequest(Request):
    """1 to 200 entries, in any order."""

    entries: Annotated[tuple[SubmittedEntry, ...], Field(min_length=1, max_length=MAX_BATCH, strict=False)]


class ResultError(Message):
    """Why an entry was refused."""

    code: Code
    title: str
    detail: str = ""


class EntryResult(Message):
    """One result an entry; `seq` and `id` are null for what cannot be read."""

    seq: int | None
    id: str | None
    status: Status
    transaction: Transaction | None = None
    reversal_tx_no: str | None = None
    error: ResultError | None = None
    decision: str | None = None


class JournalResponse(Message):
    """Results in the request's order. `verified_through` is −1 before entry 0 is there."""

    results: tuple[EntryResult, ...]
    verified_through: int
    hub_time: WireInstant
    incarnation: str
