"""Everybody who can ask a hub for something, with a good token, and those whose token is no longer good."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hub_server.access import PERMISSIONS, SCOPES, LoginRole, SessionKind, close_session, open_session
from hub_server.access.tables import merchant_api_keys
from hub_server.audit import SYSTEM
from hub_server.bindings.tables import binding_requests, bindings
from hub_server.payment_codes.register_kiosk import register_kiosk
from hub_server.payment_codes.tables import kiosks
from hub_server.terminals.access_tokens import make_access_token
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, ShopRows
from tests.builders.signed_in import key_headers, signed_in_admin, signed_in_merchant
from tests.hub.api.catalogue_of_routes import Operation
from tests.hub.api.serving_hub import ServingHub

LIFE_S = 3_600
# protocol.md 3: a suspended terminal's token lets it submit its journal and read the feed, nothing else.
SUSPENDED_MAY = frozenset({"/api/v1/terminals/me/journal", "/api/v1/terminals/me/changes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`scheme` and `grants` are what a route's requirements are held against; none for a token that is no good."""

    name: str
    headers: dict[str, str] = field(repr=False)
    scheme: str | None = None
    grants: frozenset[str] = frozenset()
    is_suspended: bool = False

    def expected(self, operation: Operation) -> set[str]:
        """The codes one of which this role is refused with; empty if it is let in."""
        if self.scheme is None or self.scheme not in operation.needs:
            return {"UNAUTHENTICATED"}
        if self.is_suspended and operation.path not in SUSPENDED_MAY:
            return {"TERMINAL_NOT_ACTIVE"}
        return set() if operation.needs[self.scheme] <= self.grants else {"FORBIDDEN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A merchant with a shop, and a member with a card."""

    shop: ShopRows
    card: CardRows
    terminal_id: str
    ids: Mapping[str, str]


def tenant(served: ServingHub) -> Tenant:
    """A new one, who has one of everything that has an id."""
    rows, shop = served.rows, served.rows.shop()
    card, guest = rows.card(card_type="prepaid"), rows.card()
    counter = Counter(served.context, served.hub.keys, rows, shop)
    counter.submit(*counter.journal.entries, counter.journal.charge(rows.code(card)))
    key_headers(served.context, shop.merchant_id)
    wish = {"card_no": card.card_no, "role": "member"}
    asked = served.ask(
        "POST", "/api/v1/me/bindings", member_role(served, "guest", guest.member_id).headers, json=wish
    )
    assert asked.status == 201, asked
    ids = {
        "card_id": card.card_id,
        "binding_id": rows.one(bindings, card_id=card.card_id, member_id=card.member_id)["id"],
        "request_id": rows.one(binding_requests, card_id=card.card_id)["id"],
        "merchant_id": shop.merchant_id,
        "store_id": shop.store_id,
        "terminal_id": counter.terminal_id,
        "staff_id": rows.cashier(shop),
        "key_id": rows.one(merchant_api_keys, merchant_id=shop.merchant_id)["id"],
        "tx_no": rows.one(transactions, merchant_id=shop.merchant_id)["tx_no"],
    }
    return Tenant(shop=shop, card=card, terminal_id=counter.terminal_id, ids=ids)


def good_roles(served: ServingHub, own: Tenant, other: Tenant) -> list[Role]:
    """One of each kind, of two tenants."""
    context = served.context
    return [
        *(
            Role(
                name=role.value,
                headers=signed_in_admin(context, role).headers,
                scheme="admin",
                grants=frozenset(permission.value for permission in PERMISSIONS[role]),
            )
            for role in LoginRole
            if role not in {LoginRole.OWNER, LoginRole.MANAGER}
        ),
        _person(served, "owner", own, None),
        _person(served, "manager", own, own.shop.store_id),
        _person(served, "another merchant's owner", other, None),
        *(
            Role(
                name=f"key for {scope}",
                headers=key_headers(context, own.shop.merchant_id, (scope,)),
                scheme="merchant_key",
                grants=frozenset({scope}),
            )
            for scope in SCOPES
        ),
        member_role(served, "member", own.card.member_id),
        member_role(served, "another member", other.card.member_id),
        terminal_role(served, "terminal", own.terminal_id),
        _suspended(served, own),
        _kiosk(served, own),
    ]


def bad_roles(served: ServingHub, own: Tenant) -> list[Role]:
    """Nobody, nonsense, and tokens that were good once."""
    return [
        Role(name="nobody", headers={}),
        Role(name="nonsense", headers=bearer("nonsense")),
        Role(name="another scheme", headers={"Authorization": "Basic YTpi"}),
        *(Role(name=f"expired {kind}", headers=_ended(served, own, kind, -LIFE_S)) for kind in SessionKind),
        *(Role(name=f"revoked {kind}", headers=_ended(served, own, kind, LIFE_S)) for kind in SessionKind),
        Role(name="proven phone", headers=session_headers(served, SessionKind.REGISTRATION, "+886912000001")),
        Role(name="expired terminal", headers=_terminal_token(served, own.terminal_id, -LIFE_S)),
        _withdrawn_key(served, "revoked key", {"revoked_at": served.clock.now()}),
        _withdrawn_key(served, "expired key", {"expires_at": served.clock.now()}),
        _disabled_login(served),
        _revoked_kiosk(served, own),
    ]


def bearer(token: str) -> dict[str, str]:
    """Headers with a token."""
    return {"Authorization": f"Bearer {token}"}


def member_role(served: ServingHub, name: str, member_id: str) -> Role:
    """A signed-in member."""
    return Role(name=name, headers=session_headers(served, SessionKind.MEMBER, member_id), scheme="member")


def terminal_role(served: ServingHub, name: str, terminal_id: str) -> Role:
    """An enrolled terminal."""
    return Role(name=name, headers=_terminal_token(served, terminal_id, LIFE_S), scheme="terminal")


def _person(served: ServingHub, name: str, of: Tenant, store_id: str | None) -> Role:
    role = LoginRole.OWNER if store_id is None else LoginRole.MANAGER
    return Role(
        name=name,
        headers=signed_in_merchant(served.context, of.shop.merchant_id, store_id).headers,
        scheme="merchant",
        grants=frozenset(permission.value for permission in PERMISSIONS[role]),
    )


def _suspended(served: ServingHub, of: Tenant) -> Role:
    terminal_id = served.rows.terminal(of.shop).terminal_id
    served.rows.update(terminals, {"id": terminal_id}, {"status": "suspended"})
    return Role(
        name="suspended terminal",
        headers=_terminal_token(served, terminal_id, LIFE_S),
        scheme="terminal",
        is_suspended=True,
    )


def _kiosk(served: ServingHub, of: Tenant) -> Role:
    at, context = served.clock.now(), served.context
    new = context.database.run(
        lambda c: register_kiosk(c, context, card_id=of.card.card_id, name="大廳", at=at, actor=SYSTEM)
    )
    return Role(name="kiosk", headers=bearer(new.key), scheme="kiosk")


def _withdrawn_key(served: ServingHub, name: str, ended: Mapping[str, datetime]) -> Role:
    merchant_id = served.rows.shop().merchant_id
    headers = key_headers(served.context, merchant_id)
    served.rows.update(merchant_api_keys, {"merchant_id": merchant_id}, ended)
    return Role(name=name, headers=headers)


def _disabled_login(served: ServingHub) -> Role:
    admin, other = signed_in_admin(served.context), signed_in_admin(served.context)
    done = served.ask("POST", f"/api/v1/admin/logins/{admin.login_id}/disable", other.headers)
    assert done.status == 200, done
    return Role(name="disabled login", headers=admin.headers)


def _revoked_kiosk(served: ServingHub, of: Tenant) -> Role:
    card = served.rows.card(card_type="prepaid")
    headers = _kiosk(served, replace(of, card=card)).headers
    served.rows.update(kiosks, {"card_id": card.card_id}, {"revoked_at": served.clock.now()})
    return Role(name="revoked kiosk", headers=headers)


def _subject(served: ServingHub, of: Tenant, kind: SessionKind) -> str:
    subjects: dict[SessionKind, Callable[[], str]] = {
        SessionKind.MEMBER: lambda: of.card.member_id,
        SessionKind.ADMIN: lambda: signed_in_admin(served.context).login_id,
        SessionKind.MERCHANT: lambda: signed_in_merchant(served.context, of.shop.merchant_id).login_id,
        SessionKind.REGISTRATION: lambda: "+886912000002",
    }
    return subjects[kind]()


def _ended(served: ServingHub, of: Tenant, kind: SessionKind, life_s: int) -> dict[str, str]:
    """A session that has expired, or, if it still had a life, was closed."""
    headers = session_headers(served, kind, _subject(served, of, kind), life_s)
    if life_s > 0:
        token, at = headers["Authorization"].removeprefix("Bearer "), served.clock.now()
        served.context.database.run(lambda c: close_session(c, kind, token, at))
    return headers


def session_headers(
    served: ServingHub, kind: SessionKind, subject: str, life_s: int = LIFE_S
) -> dict[str, str]:
    at = served.clock.now()
    if life_s < 0:
        at += timedelta(seconds=2 * life_s)
    opened = served.context.database.run(
        lambda c: open_session(
            c, served.context.random_bytes, kind=kind, subject=subject, life_s=abs(life_s), at=at
        )
    )
    return bearer(opened.token)


def _terminal_token(served: ServingHub, terminal_id: str, life_s: int) -> dict[str, str]:
    at = served.clock.now() + min(timedelta(0), timedelta(seconds=2 * life_s))
    token = make_access_token(
        served.hub.keys,
        hub=served.context.settings.base_url,
        terminal_id=terminal_id,
        token_id=served.context.ids.new(),
        at=at,
        ttl_s=abs(life_s),
    )
    return bearer(token)
