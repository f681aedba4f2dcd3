"""protocol.md's invariants, as they can be read from both databases once the faults have stopped and all was sent.

`all_hold` is what a test of a fault ends with; the others are its parts, for where one side cannot be asked
(a journal that is gone, a terminal written by hand). Each raises AssertionError and names the row.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from pos_app.command_line.app import run as run_pos
from shared import rates
from shared.journal_entries import (
    AdviceData,
    ChargeData,
    Decision,
    Entry,
    EntryType,
    ReversalData,
    Status,
    verify_chain,
    verify_decision_on,
)
from shared.payment_code import verify_certificate
from shared.signing import PublicJwk, from_base64url
from tests.system.shop import Shop
from tests.system.witness import both_sides_agree, own_charges

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
MONEY: Final = frozenset({EntryType.CHARGE, EntryType.ADVICE, EntryType.REVERSAL, EntryType.REFUND})
FINAL: Final = frozenset({Status.COMPLETED, Status.DECLINED, Status.REVERSED, Status.REJECTED})


def all_hold(shop: Shop, *folders: Path, approved: Mapping[str, int] = NOTHING) -> None:
    """Invariants 1 to 6 for the terminals in these folders, in contact and with nothing more to send.

    `approved`: what screens or papers called approved, payable minor units by the charge's entry id.
    """
    for folder in folders:
        journal_is_proved(folder)
        entries = both_sides_agree(shop, folder)
        _hub_side_holds(shop, entries[0].terminal_id, entries)
    kept = {charge.id: charge.is_paid for folder in folders for charge in own_charges(folder)}
    assert all(kept.get(charge_id) for charge_id in approved), f"approved and not kept: {approved}, {kept}"
    approved_stand(shop, approved)
    books_are_sound(shop)


def hub_side_holds(shop: Shop, terminal_id: str) -> None:
    """Invariants 2, 4, 5 and 6 of one terminal, from what the hub keeps alone."""
    _hub_side_holds(shop, terminal_id, _proved_entries(shop, terminal_id))


def _hub_side_holds(shop: Shop, terminal_id: str, entries: list[Entry]) -> None:
    decided = _proved_decisions(shop, terminal_id, entries)
    every_entry_has_one_end(shop, terminal_id)
    _effects_are_as_decided(shop, terminal_id, decided)
    _offline_ones_keep_the_codes_limit(shop, terminal_id, decided)


def books_are_sound(shop: Shop) -> None:
    """Invariant 1 (and 5: nobody below zero but by an overdrawn offline charge): `mps-hub check` has nothing to say."""
    report = shop.context.database.read(lambda connection: check(connection, shop.keys.verifiers))
    assert report.is_clean, report.findings
    overdrawn = sa.select(transactions.c.card_id).where(
        transactions.c.overdrawn.is_(True) & transactions.c.offline.is_(True)
    )
    below = shop.read(
        sa.select(cards.c.card_no, cards.c.balance).where(
            (cards.c.balance < 0) & cards.c.id.not_in(overdrawn)
        )
    )
    assert not below, f"below zero without an overdrawn offline charge: {below}"


def journal_is_proved(folder: Path) -> None:
    """Invariant 6: the standalone verifier has nothing to say of the terminal's own journal."""
    assert run_pos(["journal", "verify", "--data-dir", str(folder)]) == 0, f"{folder} does not verify"


def proved_decisions(shop: Shop, terminal_id: str) -> list[tuple[Entry, Decision]]:
    """Each entry at the hub with its decision, in order: the chain and every signature proved from texts and keys alone."""
    return _proved_decisions(shop, terminal_id, _proved_entries(shop, terminal_id))


def _proved_entries(shop: Shop, terminal_id: str) -> list[Entry]:
    [terminal] = shop.read(sa.select(terminals).where(terminals.c.id == terminal_id))
    texts = (row["jws"] for row in shop.entries_of(terminal_id))
    return list(verify_chain(texts, terminal_id, PublicJwk.of(terminal["public_key"]).verifier()))


def _proved_decisions(shop: Shop, terminal_id: str, entries: list[Entry]) -> list[tuple[Entry, Decision]]:
    rows = shop.entries_of(terminal_id)
    for row in rows:
        assert row["decision"] is not None, f"entry {row['seq']} ({row['type']}) is {row['status']}"
    return [
        (entry, verify_decision_on(row["decision"], entry, shop.keys.verifiers))
        for entry, row in zip(entries, rows, strict=True)
    ]


def every_entry_has_one_end(shop: Shop, terminal_id: str) -> None:
    """Invariant 4: a signed, final status for each entry, and the chain verified to its end."""
    rows = shop.entries_of(terminal_id)
    for row in rows:
        status = Status(row["status"])
        assert status.is_signed, f"entry {row['seq']} ({row['type']}) is {status}"
        if row["type"] in MONEY:
            assert status in FINAL, f"entry {row['seq']} ({row['type']}) is {status}"
    [terminal] = shop.read(sa.select(terminals).where(terminals.c.id == terminal_id))
    assert terminal["verified_through"] == len(rows) - 1, terminal


def approved_stand(shop: Shop, approved: Mapping[str, int]) -> None:
    """Invariant 3: each charge that was shown as approved was paid, exactly once and exactly so much."""
    query = sa.select(transactions.c.entry_id, transactions.c.payable, transactions.c.given_back)
    found = {
        row["entry_id"]: row["payable"] - row["given_back"]
        for row in shop.read(query.where(transactions.c.entry_id.in_(list(approved))))
    }
    assert found == dict(approved), "approved charges are missing, or paid otherwise"


def _effects_are_as_decided(shop: Shop, terminal_id: str, decided: list[tuple[Entry, Decision]]) -> None:
    """Invariant 2: a charge moved what its decision says once, or nothing; a reversal gave it all back once."""
    moved: dict[str, list[dict[str, Any]]] = {}
    for row in shop.charges_of(terminal_id):
        moved.setdefault(row["entry_id"], []).append(row)
    reversed_ids = {
        entry.data.charge
        for entry, decision in decided
        if isinstance(entry.data, ReversalData) and decision.status is Status.REVERSED
    }
    # A charge that was declined while the terminal could not know may stand by its advice all the same.
    by_advice = {
        entry.data.charge: decision
        for entry, decision in decided
        if isinstance(entry.data, AdviceData) and decision.status is Status.COMPLETED
    }
    for entry, own in decided:
        if not isinstance(entry.data, ChargeData):
            continue
        effects = moved.pop(entry.id, [])
        decision = own if own.status is Status.COMPLETED else by_advice.get(entry.id, own)
        if decision.status is Status.COMPLETED and not entry.data.training:
            assert [row["payable"] for row in effects] == [decision.payable], (entry.seq, effects)
            assert [row["tx_no"] for row in effects] == [decision.tx_no], (entry.seq, effects)
        else:
            assert not effects, f"entry {entry.seq} is {decision.status} and moved money: {effects}"
        if entry.id in reversed_ids:
            assert all(row["given_back"] == row["payable"] for row in effects), (entry.seq, effects)
    assert not moved, f"charges of no entry: {moved}"


def _offline_ones_keep_the_codes_limit(
    shop: Shop, terminal_id: str, decided: list[tuple[Entry, Decision]]
) -> None:
    """Invariant 5: what stands by advice is within what its certificate allows."""
    by_advice = {row["entry_id"] for row in shop.charges_of(terminal_id) if row["offline"]}
    advised = {entry.data.charge for entry, _ in decided if isinstance(entry.data, AdviceData)}
    assert by_advice <= advised, "an offline charge that nobody advised"
    for entry, _ in decided:
        if entry.id in by_advice and isinstance(entry.data, ChargeData):
            certificate = verify_certificate(from_base64url(entry.data.certificate), shop.keys.verifiers)
            payable = rates.payable(entry.data.amount, certificate.claims.rate)
            assert payable <= certificate.claims.offline_limit, entry.seq
