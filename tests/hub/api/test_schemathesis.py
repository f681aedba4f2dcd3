"""schemathesis over every operation, seeded: examples, coverage and 20 fuzzed cases each, all its checks.

Everybody's token comes from demo data, and half of the ids that are sent are real ones, so that requests reach
what stands behind the form. Left out, and why:

- Accepted statuses of good data also hold 400 and 422, since a 422 may be the domain's word; a closer check of
  ours stands in its place (schemathesis_checks.py).
- NUL characters in texts: JSON Schema cannot say that a text holds none; tests/hub/foundation/test_web.py does.
- The stateful phase: it follows links, which this API has none of; random lives are tests/hub's property tests.
- An operation on the session that asks (`/logout`) has a token of its own, or everybody else would be signed out.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub_server.access import SessionKind
from hub_server.demo_data import make_demo_data
from hub_server.transactions.tables import transactions
from shared.signing import Ed25519Signer
from tests.builders.signed_in import signed_in_admin, signed_in_merchant
from tests.hub.api.conftest import OpenHub
from tests.hub.api.roles import bearer, session_headers
from tests.hub.api.serving_hub import ServingHub
from tests.hub.ground.shop import Till, enrol
from tests.log_rules import ExpectedLogs

SHARDS = 4
ROOT = Path(__file__).parents[3]
SEED = "20261122"
FORM_STATUSES = '["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429"]'


@pytest.mark.parametrize("shard", range(SHARDS))
def test_nothing_that_is_sent_finds_a_fault(
    open_hub: OpenHub, tmp_path: Path, shard: int, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("uvicorn.error", "Invalid HTTP request received")  # nor is it one
    with open_hub() as served:
        ids = [
            raw["operationId"] for item in served.hub.app.openapi()["paths"].values() for raw in item.values()
        ]
        mine = sorted(ids)[shard::SHARDS]
        config = tmp_path / "schemathesis.toml"
        config.write_text(_config(served), encoding="utf-8")
        address = str(served.client.base_url).rstrip("/")
        command: list[str | Path] = [
            Path(sys.prefix) / "bin" / "schemathesis",
            f"--config-file={config}",
            "run",
            f"{address}/openapi.json",
            f"--url={address}",
            f"--include-operation-id-regex=^({'|'.join(mine)})$",
        ]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
        assert f"Tested: {len(mine)}" in done.stdout, done.stdout


def _config(served: ServingHub) -> str:
    demo = make_demo_data(served.context, served.hub.keys)
    signer = Ed25519Signer.generate()
    enrolled = enrol(served.client, demo["enrolment_code"], signer).json()
    till = Till(served.client, signer, enrolled)
    tokens = {
        "admin": demo["admin"]["access_token"],
        "merchant": demo["owner"]["access_token"],
        "merchant_key": demo["merchant"]["api_key"],
        "member": demo["members"][0]["access_token"],
        "kiosk": _screen(served, demo),
        "terminal": till.token(served.clock.now()),
    }
    member = session_headers(served, SessionKind.ADMIN, signed_in_admin(served.context).login_id)
    lines = [
        'hooks = "tests.hub.api.schemathesis_checks"',
        f"seed = {SEED}",
        "continue-on-failure = true",
        "request-timeout = 30",
        "max-stream-events = 1",
        "[cache]",
        "enabled = false",
        "[generation]",
        "max-examples = 20",
        'database = "none"',
        "allow-x00 = false",
        "[phases.stateful]",
        "enabled = false",
        "[checks]",
        "enabled = true",
        "[checks.positive_data_acceptance]",
        f"expected-statuses = {FORM_STATUSES}",
        "[warnings]",
        'fail-on = ["missing_auth"]',
        "[[operations]]",
        'include-path-regex = "/logout$"',
        f'headers = {{ Authorization = "{member["Authorization"]}" }}',
    ]
    for scheme, token in tokens.items():
        lines += [f"[auth.openapi.{scheme}]", f'bearer = "{token}"']
    lines += _known(served, demo, enrolled)
    return "\n".join(lines)


def _screen(served: ServingHub, demo: dict[str, Any]) -> str:
    """The key of a shared screen."""
    card_id = next(
        card["card_id"]
        for member in demo["members"]
        for card in member["cards"]
        if card["card_type"] == "corporate"
    )
    headers = bearer(demo["admin"]["access_token"])
    made = served.ask("POST", "/api/v1/admin/kiosks", headers, json={"name": "大廳", "card_id": card_id})
    assert made.status == 201, made
    return str(made.body["key"])


def _known(served: ServingHub, demo: dict[str, Any], enrolled: dict[str, Any]) -> list[str]:
    """Ids that are there, which half of the requests name."""
    known = {
        "card_id": [card["card_id"] for member in demo["members"] for card in member["cards"]],
        "card_no": [card["card_no"] for member in demo["members"] for card in member["cards"]],
        "merchant_id": [demo["merchant"]["id"]],
        "store_id": [demo["store"]["id"]],
        "staff_id": [person["id"] for person in demo["staff"]],
        # One of them is soon retired, and then refused everything: another is unknown.
        "terminal_id": [enrolled["terminal_id"], served.context.ids.new()],
        "tx_no": [row["tx_no"] for row in served.rows.rows(transactions)],
        "login_id": [
            signed_in_merchant(served.context, demo["merchant"]["id"]).login_id,
            served.context.ids.new(),
        ],
    }
    lines = []
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", "values = [" + ", ".join(f'"{value}"' for value in values) + "]"]
    lines.append("[parameters]")
    # Ids that it meets in answers it tries too: a login whose password is reset is one of those that ask no more.
    chances = dict.fromkeys(known, 0.5) | {"login_id": 1.0}
    lines += [f'{name} = {{ dictionary = "{name}", probability = {chances[name]} }}' for name in known]
    return lines
