"""`POST /terminals/me/journal` (protocol.md 5)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.journal_intake.measure import measure
from hub_server.journal_intake.submission import EntryOutcome, Submission
from hub_server.journal_intake.take_journal import take_journal
from hub_server.journal_intake.tools import intake_tools
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import TerminalAccess, TerminalIdentity
from shared.api.journal import EntryResult, JournalRequest, JournalResponse, ResultError
from shared.problems import Language, negotiate_language


def router(context: Context, keys: HubSigningKeys, access: TerminalAccess, figures: Figures) -> APIRouter:
    """The route, for terminals that are known, also suspended ones."""
    routes = APIRouter(prefix="/api/v1", tags=["journal"])
    tools = intake_tools(context, keys)

    @routes.post("/terminals/me/journal")
    def submit_journal(
        body: JournalRequest, request: Request, terminal: Annotated[TerminalIdentity, Depends(access.known)]
    ) -> JournalResponse:
        """Judge and store 1 to 200 entries; each has its own result, in order."""
        language = negotiate_language(request.headers.get("accept-language"))
        texts, decisions = [item.jws for item in body.entries], [item.decision for item in body.entries]
        submission = take_journal(context, tools, terminal, texts, decisions)
        measure(figures, submission)
        return _message(submission, language)

    return routes


def _message(submission: Submission, language: Language) -> JournalResponse:
    return JournalResponse(
        results=tuple(_result(outcome, language) for outcome in submission.outcomes),
        verified_through=submission.verified_through,
        hub_time=submission.hub_time,
        incarnation=submission.incarnation,
    )


def _result(outcome: EntryOutcome, language: Language) -> EntryResult:
    refusal = outcome.refusal
    error = (
        ResultError(code=refusal.code, title=refusal.title(language), detail=refusal.detail)
        if refusal is not None
        else None
    )
    return EntryResult(
        seq=outcome.seq,
        id=outcome.entry_id,
        status=outcome.status,
        transaction=outcome.transaction.message() if outcome.transaction is not None else None,
        reversal_tx_no=outcome.reversal_tx_no,
        error=error,
        decision=outcome.decision,
    )
