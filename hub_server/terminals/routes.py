"""Enrolment and tokens (protocol.md 3)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request

from hub_server.foundation.web import OAuthError, oauth_answers, problems
from hub_server.terminals.client_assertions import BadAssertion, read_assertion
from hub_server.terminals.enrol_terminal import EnrolmentDesk, enrol_terminal
from hub_server.terminals.issue_token import issue_token
from hub_server.terminals.register_again import read_certificate
from shared.api.terminals import ASSERTION_TYPE, GRANT_TYPE, Enrolment, EnrolRequest, TokenResponse
from shared.problems import Code, CodedError, Refusal

_UNKNOWN_ADDRESS = "unknown"


def router(desk: EnrolmentDesk) -> APIRouter:
    """Both endpoints; neither asks for a token."""
    routes = APIRouter(prefix="/api/v1", tags=["terminals"])
    context = desk.context

    @routes.post("/terminals/enrol", status_code=201, responses=problems(Code.ENROLMENT_CODE_INVALID))
    def enrol(body: EnrolRequest, request: Request) -> Enrolment:
        """Enrol a terminal with its code and public key; the same code and key again get the same answer."""
        address = request.client.host if request.client is not None else _UNKNOWN_ADDRESS
        at = context.clock.now()
        answer = context.database.run(lambda c: enrol_terminal(c, desk, body, address=address, at=at))
        if isinstance(answer, Refusal):
            raise CodedError(answer.code, answer.detail)
        return answer

    @routes.post("/oauth/token", responses=oauth_answers())
    def token(
        grant_type: Annotated[str, Form(max_length=200)],
        client_assertion_type: Annotated[str, Form(max_length=200)],
        client_assertion: Annotated[str, Form(max_length=8_192)],
        terminal_certificate: Annotated[str | None, Form(max_length=8_192)] = None,
    ) -> TokenResponse:
        """An access token for a client assertion (RFC 7523); errors in OAuth's own form.

        A terminal that was refused shows the `terminal_certificate` of its enrolment: a hub that was restored from a
        copy made before knows it by that again.
        """
        if grant_type != GRANT_TYPE:
            raise OAuthError("unsupported_grant_type")
        if client_assertion_type != ASSERTION_TYPE:
            raise OAuthError("invalid_request")
        at, settings = context.clock.now(), context.settings
        try:
            assertion = read_assertion(
                client_assertion, hub=settings.base_url, at=at, ttl_s=settings.assertion_ttl_s
            )
        except BadAssertion as error:
            raise OAuthError("invalid_client") from error
        shown = read_certificate(terminal_certificate, desk.keys.verifiers) if terminal_certificate else None
        answer = context.database.run(
            lambda c: issue_token(c, context, desk.keys, assertion, at=at, shown=shown)
        )
        if answer is None:
            raise OAuthError("invalid_client")
        return answer

    return routes
