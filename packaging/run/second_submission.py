"""The terminal's entry once more, by another client with the terminal's own key: what protocol.md 5 promises of repeats."""

from typing import Any, Final

import httpx
from ground import TERMINAL

from pos_app.devices.key_store.key_file import KeyFile
from shared.api.terminals import ASSERTION_TYPE, GRANT_TYPE
from shared.clock import SystemClock, to_unix
from shared.journal_entries.entry import terminal_of
from shared.jws import sign_jws
from shared.strict_json import dumps_object

_HTTP_S: Final = 10
_LIFE_S: Final = 45
_JTI: Final = "make-run-second-submission"


def submit_again(hub: str, entry: str) -> dict[str, Any]:
    """Send a compact entry to the hub; its result.

    Raises:
        LookupError: the terminal's key is not in its folder.
        httpx.HTTPStatusError: the hub does not take the key or the request.
    """
    signer = KeyFile(TERMINAL).load()
    if signer is None:
        raise LookupError("the terminal has no key file")
    terminal_id = terminal_of(entry)
    with httpx.Client(base_url=f"{hub}/api/v1", timeout=_HTTP_S) as client:
        now = to_unix(SystemClock().now())
        claims: dict[str, object] = {
            "iss": terminal_id,
            "sub": terminal_id,
            "aud": hub,
            "jti": _JTI,
            "iat": now,
            "exp": now + _LIFE_S,
        }
        assertion = sign_jws("JWT", terminal_id, dumps_object(claims), signer)
        form = {
            "grant_type": GRANT_TYPE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        token = client.post("/oauth/token", data=form).raise_for_status().json()["access_token"]
        answer = client.post(
            "/terminals/me/journal",
            json={"entries": [{"jws": entry}]},
            headers={"Authorization": f"Bearer {token}"},
        )
        results: list[dict[str, Any]] = answer.raise_for_status().json()["results"]
    return results[0]
