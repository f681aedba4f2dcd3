"""Codes of charges, refunds and the journal: by another system's key, and in the results of entries."""

from collections.abc import Callable
from datetime import timedelta

from hub_server.cards.tables import cards
from hub_server.terminals.tables import terminals
from shared.api.policy import OfflinePolicy, Policy
from shared.journal_entries import Entry, ReversalReason, ShiftOpenData, sign_entry
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.counter import TOO_LATE, Counter
from tests.hub.api.stage import API, FUNDS, Refused, Stage

WHY = {"reason": "試"}


def _suspended_merchant(stage: Stage) -> Refused:
    code = stage.code()
    stage.done("POST", f"{API}/admin/merchants/{stage.shop.merchant_id}/suspend", stage.admin, json=WHY)
    return stage.charge(code)


def _suspended_service(stage: Stage) -> Refused:
    code = stage.code()
    stage.done("PUT", f"{API}/admin/service", stage.admin, json={"suspended": True, "reason": "演練"})
    return stage.charge(code)


def _suspended_terminal(stage: Stage) -> Refused:
    terminal = stage.served.rows.terminal(stage.shop)
    stage.served.rows.update(terminals, {"id": terminal.terminal_id}, {"status": "suspended"})
    headers = stage.terminal(terminal.terminal_id)
    return stage.refused("GET", f"{API}/merchant/transactions", headers)


def _expired_code(stage: Stage) -> Refused:
    code, key = stage.code(), stage.key
    assert key
    stage.served.clock.advance((stage.served.context.settings.code_ttl_s + 61) * 1_000)
    return stage.charge(code)


def _replaced_code(stage: Stage) -> Refused:
    code = stage.code()
    stage.code()
    return stage.charge(code)


def _used_code(stage: Stage) -> Refused:
    code = stage.code()
    _charged(stage, code)
    return stage.charge(code)


def _charged(stage: Stage, code: str, amount: int = 10_000, key: str = "") -> str:
    paid = stage.charge(code, amount, key=key).answer
    assert paid.status == 200, paid
    return str(paid.body["tx_no"])


def _changed(stage: Stage, **values: object) -> Refused:
    """The card is another after its code was made."""
    code = stage.code()
    stage.served.rows.update(cards, {"id": stage.card.card_id}, values)
    return stage.charge(code)


def _over_a_cap(stage: Stage) -> Refused:
    card = stage.served.rows.card(FUNDS, card_type="prepaid")
    owner, guest = stage.member(card), stage.member()
    invited = stage.done("POST", f"{API}/me/cards/{card.card_id}/invitations", owner, json={"role": "member"})
    bound = stage.done("POST", f"{API}/me/bindings", guest, json={"invitation": invited["invitation"]})
    caps = {"cap_per_charge": 100, "cap_per_day": None}
    stage.done("PUT", f"{API}/me/bindings/{bound['id']}/caps", owner, json=caps)
    code = stage.done("POST", f"{API}/me/cards/{card.card_id}/payment-code", guest)["code"]
    return stage.charge(code, 101)


def _one_key_twice(stage: Stage) -> Refused:
    key, code = stage.served.context.ids.new(), stage.code()
    _charged(stage, code, key=key)
    return stage.charge(code, 20_000, key=key)


def _refund_of_a_refund(stage: Stage) -> Refused:
    back = stage.refund(_charged(stage, stage.code()), 100).answer
    assert back.status == 200, back
    return stage.refund(back.body["tx_no"], 100)


def _advised(stage: Stage, policy: OfflinePolicy) -> Refused:
    counter = stage.counter(shop=stage.served.rows.shop(Policy(offline=policy)), lag=TOO_LATE)
    charge = counter.journal.charge(stage.served.rows.code(stage.card), 1_000)
    return stage.submit(counter, charge.jws, counter.journal.advice(charge).jws)


def _unheard_of_contact(stage: Stage) -> Refused:
    counter, at = stage.counter(lag=timedelta(days=3)), stage.served.clock.now() - TOO_LATE
    charge = counter.journal.charge(stage.served.rows.code(stage.card), at=at)
    return stage.submit(counter, charge.jws, counter.journal.advice(charge, at=at).jws)


def _again(counter: Counter, entry: Entry, signer: Ed25519Signer) -> str:
    """The same place in the journal, with another content or another signer."""
    return sign_entry(
        terminal_id=counter.terminal_id,
        seq=entry.seq,
        prev=entry.prev,
        entry_id=counter.context.ids.new(),
        at=entry.at,
        contact=entry.contact,
        data=ShiftOpenData(cashier="c", shift="another"),
        signer=signer,
    ).jws


def _forked(stage: Stage) -> Refused:
    counter = stage.counter()
    first, second = counter.journal.entries[0], counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    return stage.submit(counter, first.jws, second.jws, _again(counter, second, counter.journal.signer))


def _signed_by_another(stage: Stage) -> Refused:
    counter = stage.counter()
    entry = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    return stage.submit(counter, _again(counter, entry, Ed25519Signer.generate()))


def _reversal_of_nothing(stage: Stage) -> Refused:
    counter = stage.counter()
    named = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    return stage.submit(counter, named.jws, counter.journal.reversal(named).jws)


def _advice_of_a_known_decline(stage: Stage) -> Refused:
    counter = stage.counter()
    charge = counter.journal.charge(stage.served.rows.code(stage.served.rows.card(0)))
    first = stage.submit(counter, charge.jws)
    assert first.code == Code.INSUFFICIENT_BALANCE
    return stage.submit(counter, counter.journal.advice(charge, contact=stage.served.clock.now()).jws)


def _void_alone(stage: Stage) -> Refused:
    counter = stage.counter()
    charge = counter.journal.charge(stage.served.rows.code(stage.card))
    return stage.submit(counter, charge.jws, counter.journal.reversal(charge, ReversalReason.VOID).jws)


MONEY: dict[Code, Callable[[Stage], Refused]] = {
    Code.SERVICE_SUSPENDED: _suspended_service,
    Code.CURRENCY_MISMATCH: lambda stage: stage.charge(stage.code(), currency="USD"),
    Code.MERCHANT_NOT_ACTIVE: _suspended_merchant,
    Code.TERMINAL_NOT_ACTIVE: _suspended_terminal,
    Code.INVALID_QR: lambda stage: stage.charge("MPS1:nonsense"),
    Code.QR_EXPIRED: _expired_code,
    Code.QR_REVOKED: _replaced_code,
    Code.QR_ALREADY_USED: _used_code,
    Code.CARD_NOT_ACTIVE: lambda stage: _changed(stage, status="frozen"),
    Code.CARD_EXPIRED: lambda stage: _changed(stage, expires_at=stage.served.clock.now()),
    Code.INSUFFICIENT_BALANCE: lambda stage: stage.charge(stage.code(), FUNDS + 1_000_000),
    Code.LIMIT_EXCEEDED: _over_a_cap,
    Code.IDEMPOTENCY_CONFLICT: _one_key_twice,
    Code.TX_NOT_FOUND: lambda stage: stage.refund("PAY9999999999", 100),
    Code.NOT_REFUNDABLE: _refund_of_a_refund,
    Code.REFUND_EXCEEDS_REMAINING: lambda stage: stage.refund(_charged(stage, stage.code()), 10_001),
    Code.OFFLINE_NOT_ALLOWED: lambda stage: _advised(stage, OfflinePolicy(enabled=False)),
    Code.OFFLINE_LIMIT_EXCEEDED: lambda stage: _advised(stage, OfflinePolicy(max_amount=999)),
    Code.CLOCK_IMPLAUSIBLE: _unheard_of_contact,
    Code.INVALID_SIGNATURE: _signed_by_another,
    Code.INVALID_ENTRY: lambda stage: stage.submit(stage.counter(), "a.b"),
    Code.JOURNAL_FORK: _forked,
    Code.CHARGE_NOT_FOUND: _reversal_of_nothing,
    Code.CONTRADICTORY_ENTRY: _advice_of_a_known_decline,
    Code.MANAGER_APPROVAL_REQUIRED: _void_alone,
}
