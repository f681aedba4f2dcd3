"""A terminal written by hand from the protocol: entries signed with `shared`, sent with plain HTTP.

It shares no code with the terminal's program, sends what it is told in any order and as often as it is told, and can do
what an honest terminal never does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from shared.api.changes import HUB_TIME_COMMENT
from shared.api.journal import JournalRequest, JournalResponse, SubmittedEntry
from shared.api.terminals import ASSERTION_TYPE, GRANT_TYPE, Enrolment, EnrolRequest
from shared.clock import SystemClock, from_wire, to_unix
from shared.ids import IdSource
from shared.journal_entries import (
    AdviceData,
    AdviceReason,
    ChargeData,
    Entry,
    EntryData,
    GenesisData,
    RefundData,
    ReversalData,
    ReversalReason,
    first_prev,
    make_proof,
    sign_entry,
)
from shared.jws import sign_jws
from shared.payment_code import read_payment_code
from shared.rates import payable
from shared.signing import Ed25519Signer, PublicJwk, to_base64url
from shared.strict_json import dumps_object

_HTTP_S = 20
_ASSERTION_S = 45
_VERSION = "0.0.0"


def enrol_by_hand(hub_url: str, enrolment_code: str, name: str = "hand") -> "HandTerminal":
    """Make a key, enrol, and write the genesis entry (not sent yet)."""
    signer = Ed25519Signer.generate()
    request = EnrolRequest(
        enrolment_code=enrolment_code,
        public_key=PublicJwk.of(signer.public_bytes),
        name=name,
        app_version=_VERSION,
    )
    answer = httpx.post(
        f"{hub_url}/api/v1/terminals/enrol",
        content=request.model_dump_json(exclude_none=True),
        headers={"Content-Type": "application/json"},
        timeout=_HTTP_S,
    )
    enrolment = Enrolment.model_validate_json(answer.raise_for_status().content)
    terminal = HandTerminal(hub_url, enrolment, signer)
    terminal.write(GenesisData(terminal_id=enrolment.terminal_id, app_version=_VERSION))
    return terminal


@dataclass
class HandTerminal:
    """One journal and its key. `entries` is all it ever wrote, in order, `decisions` the first answer to each by id."""

    hub_url: str
    enrolment: Enrolment
    signer: Ed25519Signer = field(repr=False)
    entries: list[Entry] = field(default_factory=list)
    decisions: dict[str, str] = field(default_factory=dict)
    _token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """The machine's own clock: hub and terminal stand on one machine."""
        self._clock = SystemClock()
        self._ids = IdSource(self._clock)
        self.contact = self.enrolment.hub_time

    @property
    def id(self) -> str:
        """The terminal's id."""
        return self.enrolment.terminal_id

    def write(self, data: EntryData, *, at: datetime | None = None, entry_id: str | None = None) -> Entry:
        """Append an entry to the journal; `at` is now unless told."""
        before = self.entries[-1] if self.entries else None
        entry = sign_entry(
            terminal_id=self.id,
            seq=len(self.entries),
            prev=before.hash if before else first_prev(self.id),
            entry_id=entry_id or self._ids.new(),
            at=at or self._clock.now(),
            contact=self.contact,
            data=data,
            signer=self.signer,
        )
        self.entries.append(entry)
        return entry

    def charge(self, code: str, amount: int, *, age_s: int = 0, **fields: Any) -> Entry:
        """A charge of `amount` minor units, written `age_s` seconds ago."""
        at = self._clock.now() - timedelta(seconds=age_s)
        entry_id = self._ids.new()
        with read_payment_code(code, self.enrolment.jwks.hub_keys()) as read:
            proof = make_proof(
                read,
                terminal_id=self.id,
                entry_id=entry_id,
                at=at,
                amount=amount,
                currency=read.claims.currency,
            )
            data = ChargeData(
                amount=amount,
                currency=read.claims.currency,
                certificate=to_base64url(read.certificate.raw),
                proof=proof,
                cashier="hand",
                shift="hand",
                **fields,
            )
        return self.write(data, at=at, entry_id=entry_id)

    def advice(self, charge: Entry, code: str) -> Entry:
        """The approval of that charge, at the charge's own time, by the code's own rate."""
        claims = read_payment_code(code, self.enrolment.jwks.hub_keys()).claims
        assert isinstance(charge.data, ChargeData)
        return self.write(
            AdviceData(
                charge=charge.id,
                payable=payable(charge.data.amount, claims.rate),
                reason=AdviceReason.OFFLINE,
                policy=self.enrolment.policy.version,
            ),
            at=charge.at,
        )

    def reversal(self, charge: Entry, reason: ReversalReason = ReversalReason.CANCELLED) -> Entry:
        """That charge must not stand."""
        return self.write(ReversalData(charge=charge.id, reason=reason))

    def submit(self, *entries: Entry | str, to: str | None = None) -> JournalResponse:
        """Send entries, or texts as they are, in this order; `to` is another node of the same hub."""
        texts = [entry if isinstance(entry, str) else entry.jws for entry in entries]
        return self._send([SubmittedEntry(jws=text) for text in texts], to)

    def submit_with_decisions(self, *entries: Entry) -> JournalResponse:
        """Send entries again, each with the decision that it was answered with, where it was."""
        told = self.decisions
        return self._send(
            [SubmittedEntry(jws=each.jws, decision=told.get(each.id)) for each in entries], None
        )

    def _send(self, entries: list[SubmittedEntry], to: str | None) -> JournalResponse:
        body = JournalRequest(entries=tuple(entries))
        answer = httpx.post(
            f"{to or self.hub_url}/api/v1/terminals/me/journal",
            content=body.model_dump_json(exclude_none=True),
            headers={"Content-Type": "application/json", **self.authorisation()},
            timeout=_HTTP_S,
        )
        assert answer.status_code == 200, answer.text
        response = JournalResponse.model_validate_json(answer.content)
        for result in response.results:
            if result.id is not None and result.decision is not None:
                self.decisions.setdefault(result.id, result.decision)
        return response

    def authorisation(self) -> dict[str, str]:
        """The header that names this terminal."""
        if not self._token:
            self._token = self._fetch_token()
        return {"Authorization": f"Bearer {self._token}"}

    @contextmanager
    def feed(self, last_event_id: str | None = None) -> Iterator[Iterator[str]]:
        """The change feed's lines."""
        headers = {"Accept": "text/event-stream", **self.authorisation()}
        headers["Last-Event-ID"] = last_event_id or self.enrolment.cursor
        with httpx.stream(
            "GET",
            f"{self.hub_url}/api/v1/terminals/me/changes",
            params={"head": len(self.entries) - 1},
            headers=headers,
            timeout=_HTTP_S,
        ) as response:
            response.raise_for_status()
            yield response.iter_lines()

    def make_contact(self) -> datetime:
        """Read the feed until it tells the time: every change up to then is known, and entries carry it from now on."""
        mark = f": {HUB_TIME_COMMENT} "
        with self.feed() as lines:
            told = next(line.removeprefix(mark) for line in lines if line.startswith(mark))
        self.contact = from_wire(told)
        return self.contact

    def token_request(self) -> dict[str, str]:
        """The form that asks for a token, with a fresh assertion."""
        now = to_unix(self._clock.now())
        claims: dict[str, object] = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.enrolment.hub,
            "jti": self._ids.new(),
            "iat": now,
            "exp": now + _ASSERTION_S,
        }
        return {
            "grant_type": GRANT_TYPE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": sign_jws("JWT", self.id, dumps_object(claims), self.signer),
        }

    def refund(self, charge: Entry, amount: int, *, approved_by: str) -> Entry:
        """A part of a charge, of whichever terminal, is to go back."""
        return self.write(
            RefundData(
                charge=charge.id, amount=amount, reason="hand", cashier="hand-2", approved_by=approved_by
            )
        )

    def forget_token(self) -> None:
        """Ask for another at the next request."""
        self._token = ""

    def _fetch_token(self) -> str:
        url = f"{self.hub_url}/api/v1/oauth/token"
        answer = httpx.post(url, data=self.token_request(), timeout=_HTTP_S)
        if answer.status_code == 401:
            # Once more, with what the hub said of it when it was enrolled.
            certificate = {"terminal_certificate": self.enrolment.certificate}
            answer = httpx.post(url, data=self.token_request() | certificate, timeout=_HTTP_S)
        token: str = answer.raise_for_status().json()["access_token"]
        return token
