"""Enrolment (protocol.md 3): one code, one key, one terminal, and an answer that may be asked for again."""

from datetime import timedelta

import httpx
import pytest

from hub_server.bootstrap import Hub
from hub_server.foundation.storage import Connection
from hub_server.terminals import find_terminal, suspend_terminal, was_in_contact
from shared.api.terminals import Enrolment
from shared.jws import payload_by_known_key
from shared.signing import Ed25519Signer, to_base64url
from shared.strict_json import loads_object
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import Shop, Till, enrol


@pytest.fixture
def shop(hub: Hub) -> Shop:
    return Shop.open(hub)


def test_a_terminal_is_told_all_it_needs_to_sell(client: httpx.Client, shop: Shop) -> None:
    till = Till.enrol(client, shop)

    told = Enrolment.model_validate(till.enrolment)
    assert told.hub == shop.hub.context.settings.base_url
    assert told.terminal_no == "T001"
    assert told.merchant.code == shop.merchant.code
    assert told.store.time_zone == "Asia/Taipei"
    assert {person.name: person.role for person in told.staff} == {
        "王小美": "cashier",
        "李店長": "store_manager",
    }
    assert told.policy.version == 1
    assert told.policy.currency == "TWD"
    assert told.jwks == shop.hub.keys.jwks()
    assert told.incarnation.startswith("2026-11-22T10:00:00.000Z-")
    assert told.hub_time >= shop.hub.context.clock.now()


def test_the_certificate_is_the_hubs_word_for_terminal_key_merchant_and_store(
    client: httpx.Client, shop: Shop
) -> None:
    till = Till.enrol(client, shop)

    payload = payload_by_known_key(till.enrolment["certificate"], "mps-terminal+jws", shop.hub.keys.verifiers)
    word = loads_object(payload)
    assert word["terminal"] == till.id
    assert word["public_key"] == to_base64url(till.signer.public_bytes)
    assert (word["merchant"], word["store"]) == (shop.merchant.id, shop.store.id)


def test_the_same_code_with_the_same_key_gets_the_same_answer_again(client: httpx.Client, shop: Shop) -> None:
    signer, code = Ed25519Signer.generate(), shop.new_terminal().enrolment_code

    first = enrol(client, code, signer)
    again = enrol(client, code.lower(), signer)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_a_lost_answer_can_be_had_until_the_code_expires(
    client: httpx.Client, shop: Shop, clock: ManualClock
) -> None:
    signer, code = Ed25519Signer.generate(), shop.new_terminal().enrolment_code
    first = enrol(client, code, signer)
    clock.advance(24 * 3_600_000 - 1)
    again = enrol(client, code, signer)
    assert again.status_code == 201
    assert again.json()["certificate"] == first.json()["certificate"]

    clock.advance(1)
    late = enrol(client, code, signer)
    assert (late.status_code, late.json()["code"]) == (422, "ENROLMENT_CODE_INVALID")


def test_a_suspended_terminals_code_tells_nothing(client: httpx.Client, shop: Shop) -> None:
    signer, code = Ed25519Signer.generate(), shop.new_terminal().enrolment_code
    terminal_id = enrol(client, code, signer).json()["terminal_id"]
    shop.do(suspend_terminal, terminal_id=terminal_id, reason="stolen")

    stolen = enrol(client, code, signer)
    assert (stolen.status_code, stolen.json()["code"]) == (422, "ENROLMENT_CODE_INVALID")


def test_a_used_code_is_worth_nothing_to_another_key(client: httpx.Client, shop: Shop) -> None:
    code = shop.new_terminal().enrolment_code
    till = enrol(client, code, Ed25519Signer.generate()).json()

    thief = enrol(client, code, Ed25519Signer.generate())

    assert thief.status_code == 422
    assert thief.json()["code"] == "ENROLMENT_CODE_INVALID"
    held = shop.hub.context.database.read(lambda c: find_terminal(c, till["terminal_id"]))
    assert held is not None
    assert held.status == "active"


def test_a_code_is_good_for_24_hours(client: httpx.Client, shop: Shop, clock: ManualClock) -> None:
    code = shop.new_terminal().enrolment_code
    clock.advance(24 * 3_600_000)

    assert enrol(client, code, Ed25519Signer.generate()).json()["code"] == "ENROLMENT_CODE_INVALID"


@pytest.mark.parametrize("typed", ["{0}-{1}", " {0} {1} ", "{0}{1}"])
def test_a_code_may_be_typed_as_people_type(client: httpx.Client, shop: Shop, typed: str) -> None:
    code = shop.new_terminal().enrolment_code
    spelled = typed.format(code[:5].replace("0", "o").replace("1", "l"), code[5:].lower())

    assert enrol(client, spelled, Ed25519Signer.generate()).status_code == 201


def test_ten_wrong_codes_close_the_desk_to_an_address_for_a_quarter_of_an_hour(
    client: httpx.Client, shop: Shop, clock: ManualClock
) -> None:
    signer = Ed25519Signer.generate()
    wrong = [enrol(client, f"ABCDEFGH{number:02d}", signer).status_code for number in range(10)]
    code = shop.new_terminal().enrolment_code

    refused = enrol(client, code, signer)
    clock.advance(15 * 60_000)
    taken = enrol(client, code, signer)

    assert wrong == [422] * 10
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert refused.headers["retry-after"] == "900"
    assert taken.status_code == 201


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"public_key": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}}, "/public_key/x"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "x": "AAAA"}}, "/public_key/kty"),
        ({"public_key": "x"}, "/public_key"),
        ({"name": ""}, "/name"),
        ({"enrolment_code": 12}, "/enrolment_code"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_malformed_request_names_the_field_and_uses_nothing_up(
    client: httpx.Client, shop: Shop, changed: dict[str, object], pointer: str
) -> None:
    code, signer = shop.new_terminal().enrolment_code, Ed25519Signer.generate()

    answer = enrol(client, code, signer, **changed)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")
    assert pointer in [field["pointer"] for field in answer.json()["errors"]]
    assert enrol(client, code, signer).status_code == 201


def test_enrolling_is_contact(client: httpx.Client, shop: Shop, clock: ManualClock) -> None:
    till, now, skew = Till.enrol(client, shop), clock.now(), timedelta(seconds=60)
    near, far = now + timedelta(seconds=60), now + timedelta(seconds=61)

    def ask(connection: Connection) -> frozenset[object]:
        return frozenset(was_in_contact(connection, till.id, [now, near, far], skew))

    assert shop.hub.context.database.read(ask) == {now, near}


def test_terminals_of_a_store_are_numbered_in_turn(client: httpx.Client, shop: Shop) -> None:
    assert [Till.enrol(client, shop).enrolment["terminal_no"] for _ in range(3)] == ["T001", "T002", "T003"]
