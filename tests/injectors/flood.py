"""A flood of bad logins, codes and tokens at a hub, in a process of its own: `python -m tests.injectors.flood URL KEY`.

It says `flooding`, goes on until its standard input ends, and then prints how often it was answered what, as JSON:
`{kind: {status: n}}`.
"""

import http.client
import json
import sys
import threading
from collections import Counter
from itertools import count
from typing import Final
from urllib.parse import urlsplit

from shared.signing import Ed25519Signer, PublicJwk

KINDS: Final = ("login", "code", "charge", "token", "enrolment")
_PATIENCE_S: Final = 20
_JSON: Final = {"Content-Type": "application/json"}
_NEWCOMER: Final = {
    "public_key": PublicJwk.of(Ed25519Signer.generate().public_bytes).model_dump(mode="json"),
    "name": "nobody",
    "app_version": "0.0.0",
}
_BOGUS: Final = "eyJhbGciOiJFZERTQSJ9.e30." + "A" * 86


def main(url: str, api_key: str) -> None:
    """Flood the hub at `url`; the key is a merchant's, whose till is being fed with made-up codes."""
    stop, answered, lock = threading.Event(), Counter[tuple[str, int]](), threading.Lock()

    def pour(kind: str) -> None:
        for turn in count():
            if stop.is_set():
                break
            status = _ask(url, kind, api_key, turn)
            with lock:
                answered[kind, status] += 1

    crowd = [threading.Thread(target=pour, args=(kind,)) for kind in KINDS]
    for one in crowd:
        one.start()
    print("flooding", flush=True)
    sys.stdin.read()
    stop.set()
    for one in crowd:
        one.join()
    told: dict[str, dict[str, int]] = {}
    for (kind, status), times in sorted(answered.items()):
        told.setdefault(kind, {})[str(status)] = times
    json.dump(told, sys.stdout)


def _ask(url: str, kind: str, api_key: str, turn: int) -> int:
    """The status of one bad request; 0 if the connection ended without one."""
    code = f"MPS1:{turn:010d}" + "0" * 290
    charge = {"code": code, "amount": 100, "currency": "TWD"}
    key = {"Authorization": f"Bearer {api_key}"}
    path, body, headers = {
        "login": ("/auth/password", {"email": f"u{turn}@example.test", "password": "guess-guess-guess"}, {}),
        "code": ("/payment-codes/validate", {"code": code}, key),
        "charge": ("/charges", charge, key | {"Idempotency-Key": f"flood-{turn}"}),
        "token": (
            "/terminals/me/journal",
            {"entries": [{"jws": _BOGUS}]},
            {"Authorization": f"Bearer {_BOGUS}"},
        ),
        "enrolment": ("/terminals/enrol", _NEWCOMER | {"enrolment_code": f"{turn % 10**10:010d}"}, {}),
    }[kind]
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_S)
    try:
        connection.request("POST", f"/api/v1{path}", json.dumps(body), _JSON | headers)
        return connection.getresponse().status
    except (http.client.HTTPException, OSError):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
