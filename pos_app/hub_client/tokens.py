"""The terminal's access token: private_key_jwt, renewed before it expires (protocol.md 3, RFC 7523)."""

import threading
from collections.abc import Callable
from typing import Final

from shared.api.terminals import TokenResponse
from shared.clock import Clock, to_unix
from shared.jws import sign_jws
from shared.signing import Signer
from shared.strict_json import dumps_object

ASSERTION_LIFE_S: Final = 45
RENEW_BEFORE_MS: Final = 60_000


class AccessTokens:
    """Keeps one token; safe from any thread."""

    def __init__(
        self,
        *,
        terminal_id: str,
        audience: str,
        signer: Signer,
        clock: Clock,
        new_id: Callable[[], str],
        fetch: Callable[[Callable[[], str], int], TokenResponse],
    ) -> None:
        """`fetch` trades an assertion, signed anew at each call and good for one use, for a token, within so many milliseconds; `clock` is the estimate of hub time; `new_id` gives `jti`s."""
        self._terminal_id = terminal_id
        self._audience = audience
        self._signer = signer
        self._clock = clock
        self._new_id = new_id
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token = ""
        self._good_until_ms = -1

    def current(self, timeout_ms: int) -> str:
        """A token that is good for a while; asks the hub if there is none.

        Raises:
            HubUnreachable, HubRefused: as `fetch`.
        """
        with self._lock:
            if self._clock.monotonic_ms() >= self._good_until_ms:
                answer = self._fetch(self._assertion, timeout_ms)
                life_ms = answer.expires_in * 1000
                self._token = answer.access_token
                self._good_until_ms = self._clock.monotonic_ms() + max(
                    life_ms - RENEW_BEFORE_MS, life_ms // 2
                )
            return self._token

    def forget(self, refused: str) -> None:
        """The hub refused this token: the next call asks for another."""
        with self._lock:
            if self._token == refused:
                self._good_until_ms = -1

    def _assertion(self) -> str:
        now = to_unix(self._clock.now())
        claims: dict[str, object] = {
            "iss": self._terminal_id,
            "sub": self._terminal_id,
            "aud": self._audience,
            "jti": self._new_id(),
            "iat": now,
            "exp": now + ASSERTION_LIFE_S,
        }
        return sign_jws("JWT", self._terminal_id, dumps_object(claims), self._signer)
