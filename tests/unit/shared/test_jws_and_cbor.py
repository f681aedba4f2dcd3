"""Signed things have one meaning only: what a lenient reader would take is refused."""

import json

import cbor2
import cwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as peer
from joserfc.jwk import OKPKey

from shared.jws import BadSignature, MalformedJws, payload_by_known_key, read_jws, sign_jws
from shared.payment_code import CardType, Claims, InvalidPaymentCode, sign_certificate, verify_certificate
from shared.payment_code.strict_cbor import MAX_DEPTH, MalformedCbor, Tagged, loads
from shared.signing import Ed25519Signer, Jwks, PublicJwk, from_base64url, to_base64url
from shared.strict_json import loads_object
from tests.unit.shared.vectors import hub_keys, load, signer

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
KEYS = {SIGNER.kid: SIGNER.verifier()}
TYP = "mps-test+jws"


def _text(payload: bytes = b'{"a":1}') -> str:
    return sign_jws(TYP, SIGNER.kid, payload, SIGNER)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_an_independent_library_reads_our_jws_and_we_read_its() -> None:
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": to_base64url(SIGNER.public_bytes),
            "d": to_base64url(SIGNER.seed()),
        }
    )
    assert peer.deserialize_compact(_text(), key, algorithms=["EdDSA"]).payload == b'{"a":1}'
    theirs = peer.serialize_compact(
        {"alg": "EdDSA", "typ": TYP, "kid": SIGNER.kid}, b"x", key, algorithms=["EdDSA"]
    )
    assert payload_by_known_key(theirs, TYP, KEYS) == b"x"


def _with_header(header: dict[str, object]) -> str:
    signing_input = f"{to_base64url(json.dumps(header).encode())}.{to_base64url(b'{}')}"
    return f"{signing_input}.{to_base64url(SIGNER.sign(signing_input.encode()))}"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": TYP, "kid": SIGNER.kid},
        {"alg": "HS256", "typ": TYP, "kid": SIGNER.kid},
        {"alg": "EdDSA", "typ": "JWT", "kid": SIGNER.kid},
        {"alg": "EdDSA", "typ": TYP},
        {"alg": "EdDSA", "typ": TYP, "kid": 7},
        {"alg": "EdDSA", "typ": TYP, "kid": SIGNER.kid, "crit": ["b64"], "b64": False},
        {"alg": "EdDSA", "typ": TYP, "kid": SIGNER.kid, "jwk": {}},
    ],
    ids=str,
)
def test_a_header_that_is_not_exactly_ours_is_refused_though_signed(header: dict[str, object]) -> None:
    with pytest.raises(MalformedJws):
        read_jws(_with_header(header), TYP)


@pytest.mark.parametrize(
    "change", ["", ".", "a.b", "{}..", _text() + ".x", _text() + "=", " " + _text(), _text() + "\n"]
)
def test_another_form_is_refused(change: str) -> None:
    with pytest.raises(MalformedJws):
        read_jws(change, TYP)


@given(st.integers(0, len(_text()) - 1), st.characters(codec="ascii"))
def test_one_changed_character_never_verifies(at: int, character: str) -> None:
    text = _text()
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        with pytest.raises((MalformedJws, BadSignature)):
            payload_by_known_key(changed, TYP, KEYS)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(BadSignature, match="unknown"):
        payload_by_known_key(_text(), TYP, {})


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"[1]",
        b'"x"',
        b"\xef\xbb\xbf{}",
        b"{",
        b'{"a":"\xff"}',
        b"[" * 100_000,
    ],
    ids=lambda d: repr(d[:20]),
)
def test_ambiguous_json_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads_object(data)


@pytest.mark.parametrize("text", ["YQ==", "YR", "Y Q", "YQ\n", "Y", "ＹＱ", "Y+Q"])
def test_base64url_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        from_base64url(text)


_values = st.recursive(
    st.integers(-(2**40), 2**40) | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 99), inner, max_size=4),
    max_leaves=12,
)


def _depth(value: object) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((_depth(item) for item in inner), default=0)


@given(_values)
def test_the_strict_reader_agrees_with_the_library_on_canonical_cbor(value: object) -> None:
    data = cbor2.dumps(value, canonical=True)
    if _depth(value) <= MAX_DEPTH:
        assert loads(data) == value
    else:
        with pytest.raises(MalformedCbor, match="nested"):
            loads(data)


@given(st.binary(max_size=80))
@settings(max_examples=400)
def test_rubbish_is_refused_or_means_one_thing_only(data: bytes) -> None:
    try:
        value = loads(data)
    except MalformedCbor:
        return
    assert cbor2.dumps(_for_library(value), canonical=False) == data


def _for_library(value: object) -> object:
    match value:
        case Tagged(tag=tag, value=inner):
            return cbor2.CBORTag(tag, _for_library(inner))
        case list():
            return [_for_library(item) for item in value]
        case dict():
            return {key: _for_library(item) for key, item in value.items()}
    return value


def test_an_independent_library_verifies_our_certificates() -> None:
    claims = Claims(
        iat=1_795_341_600,
        exp=1_795_342_500,
        code_key=SIGNER.public_bytes,
        card_ref=bytes(16),
        card_type=CardType.PREPAID,
        tier=1,
        rate=9500,
        offline_limit=50_000,
        currency="TWD",
        last4=42,
    )
    hub = signer("hub_signing")
    certificate = sign_certificate(claims, hub)
    jwk = PublicJwk.of(hub.public_bytes).model_dump(exclude_none=True) | {"kid": bytes.fromhex(hub.kid)}
    decoded = cwt.COSE.new().decode(
        certificate.raw, cwt.COSEKey.new({1: 1, 2: jwk["kid"], 3: -8, -1: 6, -2: hub.public_bytes})
    )
    assert cbor2.loads(decoded)[-65537][4] == 9500
    assert verify_certificate(certificate.raw, hub_keys()).claims == claims


@given(st.integers(0, 204), st.integers(1, 255))
def test_no_changed_byte_of_a_certificate_verifies(at: int, flip: int) -> None:
    raw = bytearray(from_base64url(load("payment_codes.json")["valid"][0]["certificate"]))
    raw[at % len(raw)] ^= flip
    with pytest.raises(InvalidPaymentCode):
        verify_certificate(bytes(raw), hub_keys())


def test_keys_survive_their_jwk_form_and_their_representation_tells_nothing() -> None:
    jwks = Jwks(keys=(PublicJwk.of(SIGNER.public_bytes),))
    (verifier,) = Jwks.model_validate_json(jwks.model_dump_json()).hub_keys().values()
    assert verifier.verifies(SIGNER.sign(b"x"), b"x")
    assert not verifier.verifies(SIGNER.sign(b"x"), b"y")
    assert SIGNER.seed().hex() not in repr(SIGNER)
