"""How often one caller may ask: counted in this process's memory, before a body is read (surface.md, 429).

Who has signed in, or shows a good API key, is counted as that; everybody else by network address. Which header
is whose is not known before a gate has looked it up, so the gate tells (`tell_caller`) and the next request with
the same header is that caller's. Made-up tokens therefore count for the address that sends them.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from starlette.types import Scope

from hub_server.foundation.addresses import counted_address

MINUTE_US = 60_000_000
MAX_CALLERS = 50_000
_DIGEST_BYTES = 16
_CALLER = "mps.caller"
_UNLIMITED_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/api/v1/oauth/token"})
# A shop's counters share one address, and what they bring has happened: the journal's length is its own bound.
_UNLIMITED_ROOTS = ("/api/v1/terminals/me/",)

T = TypeVar("T")
_counted = lru_cache(maxsize=8_192)(counted_address)


class CallerKind(StrEnum):
    """What a caller is counted as."""

    KEY = "key"
    PERSON = "person"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Caller:
    """An API key, somebody signed in, or an address."""

    kind: CallerKind
    id: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests a minute of one caller of each kind."""

    key: int
    person: int
    address: int

    def of(self, kind: CallerKind) -> int:
        """Of one kind."""
        match kind:
            case CallerKind.KEY:
                return self.key
            case CallerKind.PERSON:
                return self.person
            case CallerKind.ADDRESS:
                return self.address


class _Newest(Generic[T]):
    """So many entries and no more: who was not seen for longest is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[object, T] = OrderedDict()

    def get(self, key: object) -> T | None:
        return self._held.get(key)

    def put(self, key: object, value: T) -> None:
        self._held[key] = value
        self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def drop(self, key: object) -> None:
        self._held.pop(key, None)

    def __len__(self) -> int:
        return len(self._held)


class RateLimits:
    """The counts of one process; the most of them that it holds is fixed."""

    def __init__(self, allowance: Allowance, most: int = MAX_CALLERS) -> None:
        """`most`: callers remembered at once."""
        self._allowance = allowance
        # For each caller the one number of the generic cell rate algorithm: when all that was asked is paid off.
        self._paid_off_us: _Newest[int] = _Newest(most)
        self._callers: _Newest[Caller] = _Newest(most)
        self._lock = threading.Lock()

    @property
    def remembered(self) -> tuple[int, int]:
        """How many counts, and whose credentials, are held."""
        return len(self._paid_off_us), len(self._callers)

    def wait_s(self, scope: Scope, now_ms: int) -> int:
        """Count a request; 0, or the seconds to wait before it would be answered."""
        path: str = scope["path"]
        if path in _UNLIMITED_PATHS or path.startswith(_UNLIMITED_ROOTS):
            return 0
        with self._lock:
            caller = self._callers.get(_credential(scope)) or _address(scope)
            return self._take(caller, now_ms * 1_000)

    def learn(self, scope: Scope, *, is_refused: bool) -> None:
        """After the answer: whose the shown credential is, as the gate told; nobody's once it is refused."""
        shown = _credential(scope)
        caller = scope.get(_CALLER)
        if shown is None or (caller is None and not is_refused):
            return
        with self._lock:
            if caller is None:
                self._callers.drop(shown)
            else:
                self._callers.put(shown, caller)

    def _take(self, caller: Caller, now_us: int) -> int:
        each_us = MINUTE_US // self._allowance.of(caller.kind)
        paid_off = max(self._paid_off_us.get(caller) or 0, now_us)
        over_us = paid_off + each_us - now_us - MINUTE_US
        if over_us > 0:
            return -(-over_us // 1_000_000)
        self._paid_off_us.put(caller, paid_off + each_us)
        return 0


def tell_caller(scope: Scope, caller: Caller) -> None:
    """A gate tells whose request it is."""
    scope[_CALLER] = caller


def _credential(scope: Scope) -> bytes | None:
    """What stands for the token or cookie that was shown; never the secret itself."""
    carried: bytes | None = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            carried = value
            break
        if name == b"cookie":
            carried = value
    return None if carried is None else hashlib.blake2b(carried, digest_size=_DIGEST_BYTES).digest()


def _address(scope: Scope) -> Caller:
    client = scope.get("client")
    return Caller(CallerKind.ADDRESS, _counted(client[0]) if client else "")
