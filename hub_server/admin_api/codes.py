"""Payment codes for admins: a card's codes and their history, revocation, shared screens and their rotation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.cards import read_card
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import (
    DEFAULT_PAGE,
    Cursor,
    Limit,
    read_place,
    read_serial,
    write_place,
    write_serial,
)
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Name
from hub_server.payment_codes import (
    CodeShelf,
    CodeState,
    KioskRow,
    SeenCode,
    codes_of_card,
    list_kiosks,
    locked_card,
    register_kiosk,
    revoke_codes,
    revoke_kiosk,
    rotate_kiosk_codes,
)
from hub_server.signing_keys import HubSigningKeys
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.problems import Code, CodedError

REASON = "asked by an admin"


class CodeStep(Message):
    """A state that a code came to; `actor` is a member, an admin, a screen, or a part of the hub."""

    state: CodeState
    at: WireInstant
    actor: str


class CardCode(Message):
    """A code of the card; `member_id` or `kiosk_id` it was made for, `offline_limit` in minor units."""

    code_ref: str
    state: CodeState
    member_id: str | None
    kiosk_id: str | None
    issued_at: WireInstant
    expires_at: WireInstant
    revoked_at: WireInstant | None
    rate: int
    tier: int
    offline_limit: int
    live_uses: int
    advised_uses: int
    history: tuple[CodeStep, ...]


class CardCodeList(Message):
    """A page of a card's codes, the newest first."""

    items: tuple[CardCode, ...]
    next_cursor: str | None = None


class KioskRequest(Request):
    """A screen and the prepaid or corporate card whose codes it will show."""

    name: Name
    card_id: Uuid7Text


class Kiosk(Message):
    """A registered shared screen; a revoked one shows nothing any more."""

    kiosk_id: str
    name: str
    card_id: str
    created_at: WireInstant
    revoked_at: WireInstant | None


class NewKiosk(Kiosk):
    """`key` is shown this once."""

    key: Annotated[str, Field(repr=False)]


class KioskList(Message):
    """A page of screens, the newest first."""

    items: tuple[Kiosk, ...]
    next_cursor: str | None = None


class Rotated(Message):
    """How many screens' codes were made anew, and how many cards were left alone."""

    rotated: int
    skipped: int


def router(context: Context, keys: HubSigningKeys, shelf: CodeShelf) -> APIRouter:
    """The routes, bound to a hub; `shelf` is where this process keeps screens' codes."""
    routes = APIRouter(prefix="/api/v1/admin", tags=["payment codes"])
    _add_codes(routes, context, keys, shelf)
    _add_kiosks(routes, context)
    return routes


def _add_codes(routes: APIRouter, context: Context, keys: HubSigningKeys, shelf: CodeShelf) -> None:
    reader = Depends(admin_gate(context, Permission.READ))
    keeper = Depends(admin_gate(context, Permission.CODES))

    @routes.get("/cards/{card_id}/payment-codes", responses=problems(Code.CARD_NOT_FOUND))
    def card_codes(
        _session: Annotated[AdminSession, reader],
        card_id: PathId,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> CardCodeList:
        """The card's codes with their history, the newest first."""
        known_form(card_id, Code.CARD_NOT_FOUND)
        below = None if cursor is None else read_serial(cursor)

        def find(connection: Connection) -> list[SeenCode]:
            if read_card(connection, card_id) is None:
                raise CodedError(Code.CARD_NOT_FOUND)
            return codes_of_card(connection, card_id, below=below, limit=limit + 1)

        found = context.database.read(find)
        page = found[:limit]
        return CardCodeList(
            items=tuple(_code(each) for each in page),
            next_cursor=write_serial(page[-1].serial) if len(found) > limit else None,
        )

    @routes.delete("/cards/{card_id}/payment-code", status_code=204, responses=problems(Code.CARD_NOT_FOUND))
    def revoke(session: Annotated[AdminSession, keeper], card_id: PathId) -> Response:
        """Revoke the card's codes; when there are none, nothing happens."""
        known_form(card_id, Code.CARD_NOT_FOUND)
        at = context.clock.now()

        def work(connection: Connection) -> None:
            locked_card(connection, card_id)
            revoke_codes(connection, card_id=card_id, at=at, actor=session.actor, reason=REASON)

        context.database.run(work)
        return Response(status_code=204)

    @routes.post("/payment-codes/rotate")
    def rotate(session: Annotated[AdminSession, keeper]) -> Rotated:
        """cron_rotate_qr_tokens, now: every shared screen gets a new code, unless a phone has the card's live one."""
        done = rotate_kiosk_codes(context, keys, shelf, actor=session.actor)
        return Rotated(rotated=done.rotated, skipped=done.skipped)


def _add_kiosks(routes: APIRouter, context: Context) -> None:
    reader = Depends(admin_gate(context, Permission.READ))
    keeper = Depends(admin_gate(context, Permission.CODES))

    @routes.get("/kiosks")
    def kiosks(
        _session: Annotated[AdminSession, reader], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> KioskList:
        """Every shared screen that was ever registered, the newest first."""
        before = None if cursor is None else read_place(cursor)
        found = context.database.read(lambda c: list_kiosks(c, before=before, limit=limit + 1))
        page = found[:limit]
        return KioskList(
            items=tuple(Kiosk.model_validate(_kiosk(each)) for each in page),
            next_cursor=write_place(page[-1].created_at, page[-1].id) if len(found) > limit else None,
        )

    @routes.post(
        "/kiosks",
        status_code=201,
        responses=problems(Code.CARD_NOT_FOUND, Code.CARD_TYPE_NOT_SHAREABLE),
    )
    def register(session: Annotated[AdminSession, keeper], request: KioskRequest) -> NewKiosk:
        """Register a screen for a card; its key is shown this once."""
        at = context.clock.now()
        made = context.database.run(
            lambda connection: register_kiosk(
                connection,
                context,
                card_id=request.card_id,
                name=request.name,
                at=at,
                actor=session.actor,
            )
        )
        return NewKiosk.model_validate(_kiosk(made.kiosk) | {"key": made.key})

    @routes.delete("/kiosks/{kiosk_id}", status_code=204, responses=problems(Code.NOT_FOUND))
    def revoke(session: Annotated[AdminSession, keeper], kiosk_id: PathId) -> Response:
        """Take a screen's registration back, with the codes made for it."""
        at = context.clock.now()
        context.database.run(
            lambda connection: revoke_kiosk(connection, kiosk_id=kiosk_id, at=at, actor=session.actor)
        )
        return Response(status_code=204)


def _code(seen: SeenCode) -> CardCode:
    return CardCode(
        code_ref=seen.code_ref,
        state=seen.state,
        member_id=seen.member_id,
        kiosk_id=seen.kiosk_id,
        issued_at=seen.issued_at,
        expires_at=seen.expires_at,
        revoked_at=seen.revoked_at,
        rate=seen.rate,
        tier=seen.tier,
        offline_limit=seen.offline_limit,
        live_uses=seen.live_uses,
        advised_uses=seen.advised_uses,
        history=tuple(CodeStep(state=step.state, at=step.at, actor=step.actor) for step in seen.history),
    )


def _kiosk(row: KioskRow) -> dict[str, object]:
    return {
        "kiosk_id": row.id,
        "name": row.name,
        "card_id": row.card_id,
        "created_at": row.created_at,
        "revoked_at": row.revoked_at,
    }
