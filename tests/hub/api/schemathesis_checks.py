"""Loaded by schemathesis: what it cannot know of this API by itself.

Its own check of accepted good data takes every 422 for a refusal of the form. Here a 422 may also be the domain's
word (INVALID_QR, OTP_INVALID …), so that the built-in check lets 400 and 422 pass and this one looks closer: a
message that fits the description is never called malformed.
"""

import re
from typing import Any, Final

import schemathesis
from schemathesis.checks import CheckContext

from hub_server.foundation.web.answers import CODES

# What JSON Schema cannot say: of a text that it is a point of a curve, of two members that one comes first …
_BEYOND_A_SCHEMA: Final = (
    "a promotion of this name runs",
    "after starts_at",
    "another login has this address",
    "no role of a login of kind",  # two members that fit together
    "is over",  # a card expires in time to come
    "are left",  # a card that is to be closed is empty
    "at least 12 characters",  # of what is left of a password when it is written in one way
    "^not the present password$",  # which only its holder knows
    "^at most [0-9]+ s$",  # what a policy may say depends on the hub's own settings
    "has passed",  # of a moment
    "calendar",  # of a day or moment that none holds
    "bytes",  # passwords: bcrypt knows 72 bytes, a schema only characters
    "either card_no and role, or invitation alone",
    "not a cursor",
    "not an Ed25519 public key",
    "not an IANA time zone",
    "not an e-mail address",
    "out of range for month",  # the thirtieth of February
    "shown by",  # the card has another screen
    "tiers ascend from 0 points",
    "tiers are numbered from 0",
    "valid integer",  # 60.0 is one to JSON Schema, and none to us: money is never a float
)


@schemathesis.check
def good_data_is_never_called_malformed(
    _context: CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Raises AssertionError: INVALID_REQUEST that points at members which fit the schema."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    problem: dict[str, Any] = response.json()
    wrong = [
        error
        for error in problem.get("errors", ())
        if not any(re.search(known, error["detail"]) for known in _BEYOND_A_SCHEMA)
    ]
    assert problem.get("code") != "INVALID_REQUEST" or not wrong, f"called malformed: {wrong}"


@schemathesis.check
def errors_are_whole_problem_documents(
    _context: CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Raises AssertionError: an error without its code, request id or time to wait, or one nobody was told of."""
    if response.status_code < 400 or case.path.endswith("/oauth/token"):
        return
    problem: dict[str, Any] = response.json()
    assert problem["status"] == response.status_code
    described = case.operation.definition.raw["responses"].get(str(response.status_code))
    if described is not None and case.method == case.operation.method.upper():
        assert problem["code"] in described[CODES], f"{problem['code']} is not among {described[CODES]}"
    assert problem["request_id"] == response.headers["x-request-id"][0]
    assert (response.status_code in {429, 503}) == ("retry-after" in response.headers)
