"""Use case: many funded cards with one live payment code each, for load tests, beside demo data."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from hub_server.audit import DEMO
from hub_server.bindings import BindingRole, bind_cards
from hub_server.cards import CardRow, CardTypeName, NewCard, issue_cards
from hub_server.demo_data.fund_cards import Funding, top_up_cards
from hub_server.demo_data.make_demo_data import demo_shop
from hub_server.demo_data.rules import FUNDS, LOAD_NAME, LOAD_PHONE
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.members import create_member, member_by_phone
from hub_server.payment_codes import (
    CARD_REF_RANDOM_BYTES,
    CodeOrder,
    FreshSecret,
    NewCode,
    fresh_secret,
    issue_codes,
)
from hub_server.signing_keys import HubSigningKeys

BATCH = 1_000
HASHING_THREADS = 4


def load_data(context: Context, keys: HubSigningKeys, cards: int, out: Path) -> int:
    """Write N funded prepaid cards and `{card_no, code}` lines; how many.

    The file is its owner's alone: the codes in it pay. A batch is one transaction.

    Raises:
        NotForDemo: there is no demo data, or the database holds other data.
    """
    context.database.read(demo_shop)
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "w", encoding="utf-8") as lines,
        ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="load-data") as pool,
    ):
        for count in _batches(cards):
            work = partial(
                _batch,
                context=context,
                keys=keys,
                secrets=list(pool.map(lambda _: _secret(context), range(count))),
            )
            _write(lines, *context.database.run(work))
    return cards


def _batches(cards: int) -> Iterator[int]:
    whole, rest = divmod(cards, BATCH)
    yield from [BATCH] * whole
    if rest:
        yield rest


def _secret(context: Context) -> FreshSecret:
    return fresh_secret(context.random_bytes, context.settings.code_bcrypt_cost)


def _batch(
    connection: Connection, context: Context, keys: HubSigningKeys, secrets: Sequence[FreshSecret]
) -> tuple[list[CardRow], list[NewCode]]:
    at = context.clock.now()
    member_id = _load_member(connection, context, at)
    cards = issue_cards(
        connection,
        context.ids,
        [NewCard(card_type=CardTypeName.PREPAID)] * len(secrets),
        currency=context.settings.currency,
        at=at,
        actor=DEMO,
    )
    bind_cards(
        connection,
        context.ids,
        card_ids=[card.id for card in cards],
        member_id=member_id,
        role=BindingRole.OWNER,
        at=at,
        actor=DEMO,
    )
    top_up_cards(connection, context, [Funding(card, FUNDS) for card in cards], at=at, actor=DEMO)
    orders = [
        CodeOrder(
            card_id=card.id,
            member_id=member_id,
            fresh=secret,
            ref_random=context.random_bytes(CARD_REF_RANDOM_BYTES),
        )
        for card, secret in zip(cards, secrets, strict=True)
    ]
    return cards, issue_codes(connection, keys, context.settings, orders, at=at, actor=DEMO)


def _load_member(connection: Connection, context: Context, at: datetime) -> str:
    """One member holds every card of the load; the number is nobody's."""
    known = member_by_phone(connection, LOAD_PHONE)
    if known is not None:
        return known.id
    made = create_member(
        connection, member_id=context.ids.new(), phone=LOAD_PHONE, name=LOAD_NAME, email=None, at=at
    )
    return made.id


def _write(lines: TextIO, cards: Sequence[CardRow], codes: Sequence[NewCode]) -> None:
    for card, code in zip(cards, codes, strict=True):
        lines.write(json.dumps({"card_no": card.card_no, "code": code.text}) + "\n")
