"""A shop to test with: a merchant, a store, its staff, and terminals that speak as real ones do."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub_server.audit import SYSTEM
from hub_server.bootstrap import Hub
from hub_server.foundation.storage import Connection
from hub_server.merchants import MerchantRow, NewStore, StoreRow, create_merchant, create_store
from hub_server.staff import StaffRole, StaffRow, create_staff, hash_pin, post_staff
from hub_server.terminals import NewTerminal, create_terminal
from shared.api.terminals import ASSERTION_TYPE, GRANT_TYPE
from shared.clock import to_unix
from shared.jws import sign_jws
from shared.signing import Ed25519Signer, PublicJwk, to_base64url
from shared.strict_json import dumps_object

PIN = "135790"
_numbers = itertools.count(1)
"""Makes each `jti` another one."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with one store, a cashier and a manager; `PIN` is everybody's."""

    hub: Hub
    merchant: MerchantRow
    store: StoreRow
    cashier: StaffRow
    manager: StaffRow

    @classmethod
    def open(cls, hub: Hub, merchant_name: str = "示範商店") -> "Shop":
        """Make one."""
        pin_hash = hash_pin(PIN, 4)

        def make(connection: Connection) -> "Shop":
            at, context = hub.context.clock.now(), hub.context
            merchant = create_merchant(connection, context, name=merchant_name, at=at, actor=SYSTEM)
            place = NewStore(merchant_id=merchant.id, name="台北店", address="台北市信義區1號")
            store = create_store(connection, context, place, at=at, actor=SYSTEM)
            cashier, manager = (
                create_staff(
                    connection,
                    context.ids,
                    merchant_id=merchant.id,
                    name=name,
                    pin_hash=pin_hash,
                    at=at,
                    actor=SYSTEM,
                )
                for name in ("王小美", "李店長")
            )
            posts = ((cashier, StaffRole.CASHIER), (manager, StaffRole.STORE_MANAGER))
            for person, role in posts:
                post_staff(
                    connection,
                    context.ids,
                    staff_id=person.id,
                    store_id=store.id,
                    role=role,
                    at=at,
                    actor=SYSTEM,
                )
            return cls(hub, merchant, store, cashier, manager)

        made = hub.context.database.run(make)
        hub.dispatcher.dispatch()
        return made

    def new_terminal(self) -> NewTerminal:
        """A terminal that waits for its enrolment."""
        context = self.hub.context
        return context.database.run(
            lambda c: create_terminal(
                c,
                context,
                self.hub.keys,
                store_id=self.store.id,
                name="櫃台",
                at=context.clock.now(),
                actor=SYSTEM,
            )
        )

    def do(self, use_case: Callable[..., Any], **named: Any) -> Any:
        """A use case in a transaction of its own, now, by the system."""
        context = self.hub.context
        return context.database.run(lambda c: use_case(c, **named, at=context.clock.now(), actor=SYSTEM))


@dataclass(frozen=True, slots=True)
class Till:
    """A terminal's side: its key and what enrolment told it."""

    client: httpx.Client
    signer: Ed25519Signer
    enrolment: dict[str, Any]

    @classmethod
    def enrol(cls, client: httpx.Client, shop: Shop) -> "Till":
        """Enrol a new terminal of the shop."""
        signer = Ed25519Signer.generate()
        answer = enrol(client, shop.new_terminal().enrolment_code, signer)
        assert answer.status_code == 201, answer.text
        return cls(client, signer, answer.json())

    @property
    def id(self) -> str:
        return str(self.enrolment["terminal_id"])

    def claims(self, now: datetime, **changed: Any) -> dict[str, object]:
        """Good claims of an assertion, some changed; one changed to None is left out."""
        claims: dict[str, object] = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.enrolment["hub"],
            "jti": f"assertion-{next(_numbers)}",
            "exp": to_unix(now + timedelta(seconds=60)),
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def assertion(self, now: datetime, **changed: Any) -> str:
        """An assertion signed by the terminal's key."""
        return sign_jws("JWT", self.id, dumps_object(self.claims(now, **changed)), self.signer)

    def token(self, now: datetime) -> str:
        """An access token."""
        answer = ask_for_token(self.client, self.assertion(now))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def headers(self, now: datetime) -> dict[str, str]:
        """Headers of a request with a fresh token."""
        return {"Authorization": f"Bearer {self.token(now)}"}


def enrol(client: httpx.Client, code: str, signer: Ed25519Signer, **changed: Any) -> httpx.Response:
    """Ask to be enrolled."""
    key = PublicJwk.of(signer.public_bytes).model_dump(mode="json")
    body = {"enrolment_code": code, "public_key": key, "name": "櫃台一", "app_version": "1.0.0", **changed}
    return client.post("/api/v1/terminals/enrol", json=body)


def ask_for_token(client: httpx.Client, assertion: str, **changed: Any) -> httpx.Response:
    """Ask for a token."""
    form = {
        "grant_type": GRANT_TYPE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **changed,
    }
    return client.post("/api/v1/oauth/token", data=form)


def unsigned_jwt(claims: dict[str, object]) -> str:
    """A JWT of `alg` none."""
    header = to_base64url(dumps_object({"alg": "none", "typ": "JWT"}))
    return f"{header}.{to_base64url(dumps_object(claims))}."
