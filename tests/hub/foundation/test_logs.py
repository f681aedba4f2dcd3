"""Logs: JSON lines that say which request, and never a secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from hub_server.foundation.observability import redact, redact_text, request_id_variable
from hub_server.foundation.observability.logs import json_formatter

PAYMENT_CODE = "MPS1:6BF+Q%E2/ABC$*.:- "
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.fixture
def lines() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(json_formatter())
    logger = logging.getLogger("mps.hub.test_logs")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def last(stream: io.StringIO) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return told


def test_a_line_says_what_where_and_for_which_request(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    token = request_id_variable.set("abc-3")
    logger.info("charged %d", 3, extra={"terminal": "T001"})
    request_id_variable.reset(token)

    told = last(stream)
    assert (told["event"], told["level"], told["logger"]) == ("charged 3", "info", "mps.hub.test_logs")
    assert (told["terminal"], told["request_id"]) == ("T001", "abc-3")
    assert told["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "access_token",
        "otp",
        "totp",
        "pin",
        "password",
        "Authorization",
        "client_assertion",
        "api_key",
    ],
)
def test_what_is_named_as_a_secret_is_hidden(name: str) -> None:
    assert redact(name, "canary") == "[hidden]"
    assert redact("body", {name: "canary", "kept": [1]}) == {name: "[hidden]", "kept": [1]}


@pytest.mark.parametrize("name", ["code", "pin_count", "token_type", "status", "opinion", "shipping"])
def test_what_only_sounds_like_one_is_kept(name: str) -> None:
    expected = "[hidden]" if name == "pin_count" else "value"
    assert redact(name, "value") == expected


@pytest.mark.parametrize(
    "secret",
    [
        PAYMENT_CODE.strip(),
        TOKEN,
        "Bearer abcdef",
        "mps_key_AbC-_123",
        "otpauth://totp/MPS:a%40hub.example?secret=ABCDEFGH",
        "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----",
        "$2b$04$abcdefghijklmnopqrstuuOaBcDeFgHiJkLmNoPqRsTuVwXyZ01234",
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(
    lines: tuple[logging.Logger, io.StringIO], secret: str
) -> None:
    logger, stream = lines
    try:
        raise ValueError(f"cannot read {secret}")
    except ValueError:
        logger.info("failed on %s", secret, extra={"seen": [secret]}, exc_info=True)

    assert secret not in stream.getvalue()
    assert secret.splitlines()[-1] not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_the_password_in_a_databases_address_is_hidden() -> None:
    assert redact_text("cannot reach postgresql://hub:canary@db/hub") == (
        "cannot reach postgresql://[hidden]@db/hub"
    )
