"""Each code of the catalogue that a hub can raise is raised, over HTTP, in both languages."""

from contextlib import ExitStack
from typing import Any, Final

import pytest

from shared.problems import LANGUAGES, Code, Language, catalogue
from tests.hub.api.conftest import OpenHub
from tests.hub.api.provoke_general import GENERAL, SPOILS
from tests.hub.api.provoke_money import MONEY
from tests.hub.api.provoke_sharing import SHARING
from tests.hub.api.serving_hub import ServingHub
from tests.hub.api.stage import Stage
from tests.log_rules import ExpectedLogs

PROVOKE: Final = GENERAL | SHARING | MONEY
NOT_YET: Final = {
    Code.UPGRADE_REQUIRED: "there is only one version of the protocol",
    Code.PIN_INVALID: "PINs are typed at terminals, and judged there",
    Code.EXTERNAL_ID_ALREADY_BOUND: "sign-in by others is not there yet",
    Code.EXTERNAL_LOGIN_FAILED: "sign-in by others is not there yet",
    Code.CARD_TYPE_CANNOT_TOP_UP: "top-ups are not there yet",
    Code.GATEWAY_ERROR: "top-ups are not there yet",
    Code.WEBHOOK_SIGNATURE_INVALID: "top-ups are not there yet",
    Code.SETTLEMENT_EMPTY: "settlements are not there yet",
}
"""What this hub cannot raise, and why."""
TAGS: Final[dict[Language, str]] = {"zh_TW": "zh-TW", "en": "en"}
LOGGED: Final[dict[Code, tuple[tuple[str, str], ...]]] = {
    Code.SYSTEM_BUSY: (("mps.hub.web", "busy"), ("mps.hub.scheduling", "a job failed")),
    Code.INTERNAL_ERROR: (("mps.hub.web", "a request failed"), ("mps.hub.scheduling", "a job failed")),
}
"""The hub's jobs meet the same database meanwhile."""
LIMITS: Final[dict[Code, dict[str, Any]]] = {Code.RATE_LIMITED: {"public_requests_per_minute": 1}}


def test_each_code_of_the_catalogue_is_provoked_or_cannot_be_raised() -> None:
    assert PROVOKE.keys() | NOT_YET.keys() == set(Code)
    assert PROVOKE.keys() & NOT_YET.keys() == set()
    assert len(PROVOKE) == len(GENERAL) + len(SHARING) + len(MONEY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", PROVOKE)
def test_a_refusal_has_its_code_its_status_and_its_title_in_the_language_asked_for(
    served: ServingHub, open_hub: OpenHub, code: Code, language: Language, expected_logs: ExpectedLogs
) -> None:
    for logger, message in LOGGED.get(code, ()):
        expected_logs.allow(logger, message)
    with ExitStack() as stack:
        hub = stack.enter_context(open_hub(**LIMITS.get(code, {}))) if code in SPOILS else served
        refused = PROVOKE[code](Stage(hub, TAGS[language]))

    row = catalogue()[code]
    assert (refused.code, refused.title) == (code, row.titles[language]), refused.answer
    if refused.answer.status != 200:
        _check_document(refused.document, refused.answer.headers, row.http_status, refused.answer.status)


def _check_document(document: Any, headers: Any, status: int, answered: int) -> None:
    assert answered == document["status"] == status
    assert headers["content-type"] == "application/problem+json"
    assert document["request_id"] == headers["x-request-id"]
    assert {"type", "title", "status", "detail", "instance", "code", "errors"} <= document.keys()
    assert ("retry-after" in headers) == (status in {429, 503})
