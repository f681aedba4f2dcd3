"""How a merchant's own system is told what its key led to: alike for charges and refunds, the first time and ever after."""

from dataclasses import dataclass

from fastapi import Request, Response

from hub_server.foundation.observability import Figures
from hub_server.foundation.storage import Connection
from hub_server.foundation.web import ProblemResponse, problem_response
from hub_server.idempotency import REPEAT_HEADERS, Outcome
from hub_server.transactions import TransactionRow, transactions_by_id
from shared.api.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a request: with the transaction where money moved."""

    outcome: Outcome
    transaction: TransactionRow | None


def read_told(connection: Connection, outcome: Outcome) -> Told:
    """The outcome with its transaction as it stands."""
    moved = outcome.transaction_id
    return Told(outcome, transactions_by_id(connection, [moved])[moved] if moved is not None else None)


def tell_merchant(
    request: Request, response: Response, figures: Figures, told: Told
) -> Transaction | ProblemResponse:
    """The answer, with the header of a repeat; what is new is counted."""
    headers = REPEAT_HEADERS if told.outcome.is_repeat else {}
    refusal = told.outcome.refusal
    if refusal is not None:
        if not told.outcome.is_repeat:
            figures.refused(refusal.code)
        refused = problem_response(request.scope, refusal.code, refusal.detail)
        refused.headers.update(headers)
        return refused
    if told.transaction is None:
        raise TypeError("what completes has a transaction")
    if not told.outcome.is_repeat:
        figures.moved(told.transaction.kind.value)
    response.headers.update(headers)
    return told.transaction.message()
