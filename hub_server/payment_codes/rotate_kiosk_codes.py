"""Use case cron_rotate_qr_tokens: the cards that shared screens show get new codes, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from hub_server.audit import Actor
from hub_server.bindings import cards_of_inactive_owners
from hub_server.cards import cards_by_id
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.payment_codes.code_shelf import CodeShelf
from hub_server.payment_codes.fresh_secret import fresh_secret
from hub_server.payment_codes.issue_code import CARD_REF_RANDOM_BYTES, CodeOrder, NewCode, issue_codes
from hub_server.payment_codes.queries import CodeRow, live_codes_of
from hub_server.payment_codes.queries.kiosks import KioskRow, kiosk_of_card, registered_kiosks
from hub_server.payment_codes.refuse_card import refuse_card
from hub_server.signing_keys import HubSigningKeys

BATCH = 100
FIRST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many screens' codes were made anew, and how many cards were left alone: a phone's code, or unfit."""

    rotated: int
    skipped: int


def rotate_kiosk_codes(
    context: Context,
    keys: HubSigningKeys,
    shelf: CodeShelf,
    *,
    actor: Actor,
    lasting: timedelta | None = None,
) -> Rotation:
    """Make the screens' codes anew: all of them, or those that are shown and would not last for so long.

    A code that was issued to a phone is never replaced. The texts stay on this process's shelf. (A screen that was
    away fetches its code when it is back.)
    """
    rotated, skipped, after = 0, 0, FIRST_ID
    while page := context.database.read(partial(registered_kiosks, after=after, limit=BATCH)):
        done = _rotate_page(context, keys, shelf, page, actor, lasting)
        rotated, skipped, after = rotated + done.rotated, skipped + done.skipped, page[-1].id
    return Rotation(rotated, skipped)


def order_for(context: Context, kiosk: KioskRow) -> CodeOrder:
    """What a screen's next code is made of; bcrypt takes its time, so this is done outside the transaction."""
    return CodeOrder(
        card_id=kiosk.card_id,
        member_id=None,
        kiosk_id=kiosk.id,
        fresh=fresh_secret(context.random_bytes, context.settings.code_bcrypt_cost),
        ref_random=context.random_bytes(CARD_REF_RANDOM_BYTES),
    )


def is_of_a_phone(live: CodeRow | None, at: datetime) -> bool:
    """Whether the card's live code was issued to a member who may be about to pay with it."""
    return live is not None and live.kiosk_id is None and live.expires_at >= at


def _rotate_page(
    context: Context,
    keys: HubSigningKeys,
    shelf: CodeShelf,
    page: Sequence[KioskRow],
    actor: Actor,
    lasting: timedelta | None,
) -> Rotation:
    at = context.clock.now()
    card_ids = [kiosk.card_id for kiosk in page]
    live = context.database.read(lambda connection: live_codes_of(connection, card_ids))
    wanted = {kiosk.card_id: kiosk for kiosk in page if _is_due(live.get(kiosk.card_id), at, lasting)}
    orders = [order_for(context, kiosk) for kiosk in wanted.values()]

    def issue(connection: Connection) -> list[NewCode]:
        lock_rows(connection, "card", wanted)
        fit = _fit(connection, wanted, at, lasting)
        return issue_codes(
            connection,
            keys,
            context.settings,
            [order for order in orders if order.card_id in fit],
            at=at,
            actor=actor,
        )

    made = context.database.run(issue) if orders else []
    for code in made:
        shelf.put(code)
    return Rotation(rotated=len(made), skipped=len(wanted) - len(made))


def _fit(
    connection: Connection, wanted: dict[str, KioskRow], at: datetime, lasting: timedelta | None
) -> set[str]:
    """The cards whose screens get new codes, seen under the cards' locks."""
    live = live_codes_of(connection, list(wanted))
    stopped = cards_of_inactive_owners(connection, wanted)
    return {
        card.id
        for card in cards_by_id(connection, list(wanted)).values()
        if refuse_card(card, at) is None
        and card.id not in stopped
        and not is_of_a_phone(live.get(card.id), at)
        and _is_due(live.get(card.id), at, lasting)
        and kiosk_of_card(connection, card.id) == wanted[card.id]
    }


def _is_due(live: CodeRow | None, at: datetime, lasting: timedelta | None) -> bool:
    """Whether a code is to be made; by the schedule only in the place of one that a screen shows."""
    if lasting is None:
        return True
    return live is not None and live.kiosk_id is not None and live.expires_at < at + lasting
