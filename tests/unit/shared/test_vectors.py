"""Both sides' reading and writing equals that of an independent implementation, to the byte."""

from typing import Any

import pytest

from shared.clock import from_unix, from_wire
from shared.journal_entries import (
    BrokenChain,
    make_proof,
    proof_holds,
    proof_text,
    sign_entry,
    verify_chain,
)
from shared.offline_rules import refuse_by_life
from shared.payment_code import InvalidPaymentCode, issue_payment_code, read_payment_code
from shared.problems import Code
from shared.rates import payable, points_for
from tests.unit.shared.vectors import hub_keys, load, signer

CODES = load("payment_codes.json")
JOURNAL = load("journal.json")
PROOFS = load("proofs.json")


@pytest.mark.parametrize(
    "case", load("payable.json")["cases"], ids=lambda c: f"{c['raw_amount']}x{c['rate']}"
)
def test_payable_and_points_round_as_the_vectors_do(case: dict[str, int]) -> None:
    assert payable(case["raw_amount"], case["rate"]) == case["payable"]
    assert points_for(case["raw_amount"], 2) == case["points"]


@pytest.mark.parametrize("case", CODES["valid"], ids=lambda c: c["code_ref"][:8])
def test_a_valid_code_reads_as_the_vector_says_and_is_issued_to_the_byte(case: dict[str, Any]) -> None:
    code = read_payment_code(case["text"], hub_keys())
    claims = {name: getattr(code.claims, name) for name in case["claims"]}
    claims |= {"code_key": code.claims.code_key.hex(), "card_ref": code.claims.card_ref.hex()}
    assert claims == case["claims"]
    assert code.claims.code_ref == case["code_ref"]
    text, certificate = issue_payment_code(bytes.fromhex(case["secret"]), code.claims, signer("hub_signing"))
    assert (text, certificate) == (case["text"], code.certificate)


@pytest.mark.parametrize("case", CODES["invalid"], ids=lambda c: c["why"])
def test_an_invalid_code_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidPaymentCode):
        read_payment_code(case["text"], hub_keys())


@pytest.mark.parametrize("case", CODES["expired"])
def test_an_expired_code_reads_and_is_refused_by_its_life(case: dict[str, Any]) -> None:
    code = read_payment_code(case["text"], hub_keys())
    refusal = refuse_by_life(code.claims, from_unix(CODES["now"]), skew_s=60)
    assert refusal is not None
    assert refusal.code == Code(case["error"])


def test_the_journal_of_the_vectors_verifies_and_is_written_to_the_byte() -> None:
    terminal = signer("terminal")
    texts = [case["jws"] for case in JOURNAL["entries"]]
    entries = list(verify_chain(texts, JOURNAL["terminal_id"], terminal.verifier()))
    assert [entry.hash for entry in entries] == [case["sha256"] for case in JOURNAL["entries"]]
    for entry in entries:
        again = sign_entry(
            terminal_id=entry.terminal_id,
            seq=entry.seq,
            prev=entry.prev,
            entry_id=entry.id,
            at=entry.at,
            contact=entry.contact,
            data=entry.data,
            signer=terminal,
        )
        assert again.jws == entry.jws


@pytest.mark.parametrize("case", JOURNAL["broken"], ids=lambda c: c["why"])
def test_a_broken_journal_is_refused_at_the_entry_the_vector_names(case: dict[str, Any]) -> None:
    with pytest.raises(BrokenChain) as caught:
        list(verify_chain(case["entries"], JOURNAL["terminal_id"], signer("terminal").verifier()))
    assert caught.value.seq == case["at_seq"]


@pytest.mark.parametrize("case", PROOFS["cases"])
def test_a_proof_is_made_to_the_byte_and_proves_nothing_else(case: dict[str, Any]) -> None:
    text = next(code["text"] for code in CODES["valid"] if code["secret"] == case["secret"])
    what = {name: case[name] for name in ("terminal_id", "entry_id", "amount", "currency")}
    what["at"] = from_wire(case["at"])
    assert proof_text(**what) == case["text"]
    with read_payment_code(text, hub_keys()) as code:
        assert make_proof(code, **what) == case["proof"]
        assert proof_holds(case["proof"], code.claims, **what)
        for other in PROOFS["invalid"]:
            changed = {name: value for name, value in other.items() if name != "why"}
            if "at" in changed:
                changed["at"] = from_wire(changed["at"])
            assert not proof_holds(case["proof"], code.claims, **(what | changed)), other["why"]
    with pytest.raises(ValueError, match="wiped"):
        make_proof(code, **what)
