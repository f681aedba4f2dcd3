"""The hub's keys: its owner's alone, and what they hide and sign."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from hub_server.signing_keys import (
    HubSigningKeys,
    KeyFileError,
    KeyMaterial,
    load_or_make_keys,
    make_key_file,
)
from shared.signing import Ed25519Signer, to_base64url


def numbered(count: int) -> bytes:
    """Bytes that only tests would call random."""
    return bytes(range(count))


def load(path: Path, *, may_make: bool = False) -> HubSigningKeys:
    return load_or_make_keys(None, path, may_make=may_make, random_bytes=numbered)


def test_the_first_start_makes_a_key_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "hub-keys.json"

    made = load(path, may_make=True)

    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["hub-keys.json"]
    assert load(path).signer.public_bytes == made.signer.public_bytes


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub-keys.json"
    make_key_file(path, numbered)
    path.chmod(0o640)

    with pytest.raises(KeyFileError, match="chmod 600"):
        load(path)


def test_a_server_hub_without_keys_does_not_make_its_own(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="mps-hub migrate"):
        load(tmp_path / "hub-keys.json")


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "hub-keys.json"
    make_key_file(path, numbered)
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        make_key_file(path, numbered)

    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"v": 2}', '{"signing": ["canary-of-a-key"]}'])
def test_what_holds_no_keys_is_refused_without_repeating_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hub-keys.json"
    path.touch(0o600)
    path.write_text(content)

    with pytest.raises(KeyFileError) as refused:
        load(path)

    assert "canary" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_keys_may_come_from_the_settings(tmp_path: Path) -> None:
    material = KeyMaterial.generate((numbered(32), numbered(32)))
    text = SecretStr(json.dumps(material.model_dump(mode="json")))

    keys = load_or_make_keys(text, tmp_path / "none", may_make=False, random_bytes=numbered)

    assert to_base64url(keys.signer.seed()) == material.signing[0]
    assert material.signing[0] not in repr(material)
    assert material.pepper not in repr(material)


def test_only_the_hub_can_tell_that_two_references_are_one_card() -> None:
    keys = HubSigningKeys.of(KeyMaterial.generate((numbered(32), numbered(32))))
    one, two = keys.seal_serial(4_711, b"12345678"), keys.seal_serial(4_711, b"87654321")

    assert len(one) == 16
    assert one != two
    assert (4_711).to_bytes(8, "big") not in one
    assert keys.open_card_ref(one) == keys.open_card_ref(two) == 4_711


def test_a_retired_key_verifies_and_does_not_sign() -> None:
    old, new = Ed25519Signer.generate(), Ed25519Signer.generate()
    keys = HubSigningKeys([new], [old.verifier()], numbered(32), numbered(32))

    assert keys.signer.kid == new.kid
    assert keys.verifiers.keys() == {old.kid, new.kid}
    assert {key.kid for key in keys.jwks().keys} == {old.kid, new.kid}
