"""A terminal that a restored hub does not know shows the certificate of its enrolment (protocol.md 3, 5)."""

from collections.abc import Iterator

import httpx
import pytest

from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub, build_hub
from hub_server.merchants import NewStore, create_store
from hub_server.terminals.tables import terminals
from shared.jws import payload_by_known_key, sign_jws
from shared.signing import Ed25519Signer
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import Shop, Till, ask_for_token, enrol
from tests.hub.recovery.lost_hub import LostHub
from tests.hub.serving import serving

_TYP = "mps-terminal+jws"


@pytest.fixture
def shop(hub: Hub) -> Shop:
    """The shop at the hub that will be lost."""
    return Shop.open(hub)


@pytest.fixture
def restored(lost: LostHub) -> Iterator[httpx.Client]:
    """`lost.lose()` first: a client of the hub that was put back."""
    hub = build_hub(lost.context, lost.keys)
    with serving(hub.app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def test_terminals_that_were_enrolled_since_come_back_by_their_certificates(
    client: httpx.Client,
    shop: Shop,
    lost: LostHub,
    clock: ManualClock,
    request: pytest.FixtureRequest,
) -> None:
    old, waiting = Till.enrol(client, shop), shop.new_terminal()
    lost.back_up()
    young, second = Till.enrol(client, shop), Till.enrol(client, shop)
    signer = Ed25519Signer.generate()
    late = Till(client, signer, enrol(client, waiting.enrolment_code, signer).json())
    context = shop.hub.context
    place = NewStore(merchant_id=shop.merchant.id, name="台中店", address="")
    store = shop.do(lambda c, **named: create_store(c, context, place, **named))
    elsewhere = Till.enrol(client, Shop(shop.hub, shop.merchant, store, shop.cashier, shop.manager))
    lost.lose()
    # Somebody makes a terminal at the restored hub, which gives it the number that was given since the copy.
    again = build_hub(lost.context, lost.keys)
    Shop(again, shop.merchant, shop.store, shop.cashier, shop.manager).new_terminal()
    restored: httpx.Client = request.getfixturevalue("restored")

    def ask(till: Till, certificate: str | None, signer: Ed25519Signer | None = None) -> int:
        assertion = Till(restored, signer or till.signer, till.enrolment).assertion(clock.now())
        shown = {} if certificate is None else {"terminal_certificate": certificate}
        answer = ask_for_token(restored, assertion, **shown)
        if answer.status_code != 200:
            assert answer.json() == {"error": "invalid_client"}
        return answer.status_code

    def certificate(till: Till) -> str:
        return str(till.enrolment["certificate"])

    payload = payload_by_known_key(certificate(young), _TYP, lost.keys.verifiers)
    stranger = Ed25519Signer.generate()
    refused = {
        "nothing shown": ask(young, None),
        "another's": ask(young, certificate(second)),
        "not the hub's": ask(young, sign_jws(_TYP, stranger.kid, payload, stranger)),
        "under the hub's name": ask(young, sign_jws(_TYP, lost.keys.signer.kid, payload, stranger)),
        "another kind of document": ask(
            young, sign_jws("JWT", lost.keys.signer.kid, payload, lost.keys.signer)
        ),
        "cut": ask(young, certificate(young)[:-4]),
        "shown by another": ask(young, certificate(young), stranger),
        "of a lost store": ask(elsewhere, certificate(elsewhere)),
        "of one that waits": ask(late, None),
    }
    assert set(refused.values()) == {401}, refused
    assert len(lost.rows(terminals)) == 3, "nothing was registered by any of these"

    taken = [ask(till, certificate(till)) for till in (old, young, second, late)]
    assert taken == [200, 200, 200, 200]
    assert [ask(till, None) for till in (old, young, second, late)] == [200, 200, 200, 200]
    known = {row["id"]: row for row in lost.rows(terminals)}
    assert {known[till.id]["status"] for till in (young, second, late)} == {"active"}
    assert {known[till.id]["public_key"] for till in (young, late)} == {
        young.signer.public_bytes,
        late.signer.public_bytes,
    }
    # Its number stands on receipts: it stays, with a letter where it is another's by now.
    numbers = [known[till.id]["terminal_no"] for till in (young, second)]
    assert numbers == [f"{young.enrolment['terminal_no']}A", second.enrolment["terminal_no"]]
    told = lost.rows(audit_events, name="TERMINAL_REGISTERED_AGAIN")
    assert {row["subject_id"] for row in told} == {young.id, second.id, late.id}
