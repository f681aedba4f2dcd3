"""faults.md 25: the hub's key is changed by its settings and a restart; old codes are good until they expire, others never.

Terminals learn of the new key by the feed, go on with the token that the old key signed, and believe the old decisions.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hub_server.signing_keys import HubSigningKeys, KeyMaterial
from pos_app.features.charging.outcomes import Paid, PaidOffline
from shared.journal_entries import Status
from shared.journal_entries.decision import TYP as DECISION_TYP
from shared.jws import read_jws
from shared.payment_code import issue_payment_code, read_payment_code, split_payment_code
from shared.problems import Code, Refusal
from shared.signing import Ed25519Signer, Jwks, PublicJwk, from_base64url, to_base64url
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import all_hold, hub_side_holds
from tests.system.processes import HubProcess, free_port
from tests.system.shop import CHEAP_HASHES, FundedCode, Shop
from tests.system.till import ONLINE_S, Till, enrol_here
from tests.system.witness import own_entries

_AMOUNT: Final = 12_345
_JWKS: Final = "GET /.well-known/jwks.json"
_TOKEN: Final = "POST /api/v1/oauth/token"


@dataclass
class Rotating:
    """A hub of the test's own whose keys are changed, the line to it, and codes that each of its keys signed."""

    shop: Shop
    line: Line

    def material(self) -> KeyMaterial:
        """What it signs with now: the setting, or the file that it made."""
        text = self.shop.hub.environment.get("MPS_HUB_SIGNING_KEYS")
        file = self.shop.hub.folder / "hub-keys.json"
        return KeyMaterial.model_validate_json(text or file.read_text())

    def restart_with_a_new_key(self) -> str:
        """The old key is retired; the new one's kid."""
        before, signer = self.material(), Ed25519Signer.generate()
        retired = [Ed25519Signer.from_seed(from_base64url(text)).public_bytes for text in before.signing]
        after = before.model_copy(
            update={
                "signing": (to_base64url(signer.seed()),),
                "retired": (*before.retired, *map(to_base64url, retired)),
            }
        )
        self.shop.hub.stop()
        self.shop.hub.environment["MPS_HUB_SIGNING_KEYS"] = json.dumps(after.model_dump(mode="json"))
        self.shop.hub.start()
        self.shop.keys = HubSigningKeys.of(after)
        return signer.verifier().kid

    def wait_for_key(self, till: Till, kid: str) -> None:
        """Wait until the terminal knows it."""
        till.wait_online()
        till.row.wait(f"key {kid}", lambda _: kid in till.terminal.hub_copy.facts.keys, ONLINE_S)

    def forged(self, code: FundedCode) -> tuple[str, Jwks]:
        """That very code, but certified by a key that this hub never had; and the keys of who would believe it."""
        signer = Ed25519Signer.generate()
        secret, _ = split_payment_code(code.text)
        claims = read_payment_code(code.text, self.shop.keys.verifiers).claims
        text, _ = issue_payment_code(secret, claims, signer)
        return text, Jwks(keys=(PublicJwk.of(signer.public_bytes),))


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Rotating]:
    """Running with the first key."""
    with Line(free_port()) as line:
        hub = HubProcess(
            tmp_path / "hub", base_url=line.url, port=line.target_port, environment=dict(CHEAP_HASHES)
        )
        with hub:
            shop = Shop.open(hub)
            yield Rotating(shop, line)
            shop.close()


def _kid_of(decision: str | None) -> str:
    assert decision is not None
    return read_jws(decision, DECISION_TYP).kid


def test_after_a_rotation_old_codes_are_good_until_they_expire_and_unknown_ones_never(
    rotating: Rotating, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", "the hub|feed|line|backlog")
    shop, line, folder = rotating.shop, rotating.line, tmp_path / "terminal"
    first_kid = shop.keys.signer.verifier().kid
    enrol_here(folder, line.url, shop.enrolment_code())
    old_live, old_offline = shop.load(2)
    old_expired = shop.expired_code()
    hand = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    hand.submit(hand.entries[0])
    with Till(folder) as till:
        till.wait_online()
        new_kid = rotating.restart_with_a_new_key()
        asked_before = len(line.requests)
        rotating.wait_for_key(till, new_kid)
        asked = [request.what for request in line.requests[asked_before:]]
        assert _JWKS not in asked, "the feed had told nothing"
        assert _TOKEN not in asked, "the token that the old key signed is no longer good"
        new_live, new_offline = shop.load(2)
        for code in (old_live, new_live):
            paid = till.charge(code.text, _AMOUNT).outcome
            assert isinstance(paid, Paid), paid
        line.become(LineFault.REFUSE)
        till.wait_offline()
        for code in (old_offline, new_offline):
            approved = till.charge(code.text, _AMOUNT).outcome
            assert isinstance(approved, PaidOffline), approved
        own = shop.payment_code()
        forged, believing = rotating.forged(own)
        for text, why in ((old_expired.text, Code.QR_EXPIRED), (forged, Code.INVALID_QR)):
            refused = till.read(text)
            assert isinstance(refused, Refusal), refused
            assert refused.code is why
        line.become(LineFault.NONE)
        till.wait_online()
    kids = [_kid_of(decision) for _, _, decision in own_entries(folder)]
    assert (kids[0], set(kids[1:])) == (first_kid, {new_kid})
    _an_unknown_key_moves_nothing(shop, hand, own, forged, believing)
    all_hold(shop, folder)


def _an_unknown_key_moves_nothing(
    shop: Shop, hand: HandTerminal, own: FundedCode, forged: str, believing: Jwks
) -> None:
    """Not even from a terminal that reads such a code and says that it approved it."""
    hand.enrolment = hand.enrolment.model_copy(update={"jwks": believing})
    charge = hand.charge(forged, _AMOUNT)
    results = hand.submit(charge, hand.advice(charge, forged)).results
    assert {result.status for result in results} <= {Status.DECLINED, Status.REJECTED}, results
    assert shop.movements(own.card_no) == []
    hub_side_holds(shop, hand.id)
