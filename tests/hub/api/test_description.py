"""The OpenAPI document is clean and honest.

The linter is Stoplight's spectral with its whole set for OpenAPI (`spectral:oas`), from npm's lock file in
tests/node, run by the Node of the Python environment; nothing may be found, not even a hint. What it cannot
know stands beside it: errors have the one form they really have.
"""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub_server.foundation.web.answers import CODES, PROBLEM_MEDIA_TYPE
from hub_server.foundation.web.description import operations
from shared.problems import Code, catalogue
from tests.hub.api.serving_hub import ServingHub

ENVIRONMENT = Path(sys.prefix)
RULES = Path(__file__).parents[2] / "node" / "spectral.yaml"
TOKEN_PATH = "/api/v1/oauth/token"
# Bounded by the body's limit; one that is too long has an answer of its own.
HAS_A_CODE_OF_ITS_OWN = {
    "body.entries[].jws": "INVALID_ENTRY, in its own result (protocol.md 4)",
    "body.entries[].decision": "read by nobody unless its entry is missing",
    "body.code": "INVALID_QR (protocol.md 1)",
}


@pytest.fixture(scope="module")
def document(served: ServingHub) -> dict[str, Any]:
    """`/openapi.json`."""
    content: dict[str, Any] = served.client.get("/openapi.json").raise_for_status().json()
    return content


def linted(document: dict[str, Any], folder: Path) -> list[str]:
    """What spectral finds."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    tool = ENVIRONMENT / "node" / "node_modules" / ".bin" / "spectral"
    assert tool.exists(), "run `make setup`; build/setup.log says why npm's tools are not there"
    command: list[str | Path] = [
        ENVIRONMENT / "bin" / "node",
        tool,
        "lint",
        "--format=json",
        "--fail-severity=hint",
        "--quiet",
    ]
    done = subprocess.run(
        [*command, f"--ruleset={RULES}", path], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    return [
        f"{item['code']} at {'.'.join(map(str, item['path']))}" for item in json.loads(done.stdout or "[]")
    ]


def test_the_linter_finds_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    found = linted(document, tmp_path)
    assert not found, "\n".join(found)


def test_the_linter_finds_what_is_wrong(document: dict[str, Any], tmp_path: Path) -> None:
    spoilt = copy.deepcopy(document)
    del spoilt["info"]["contact"]
    spoilt["paths"]["/healthz"]["get"]["tags"] = ["made-up"]
    spoilt["paths"]["/readyz"]["get"]["operationId"] = spoilt["paths"]["/healthz"]["get"]["operationId"]

    found = {line.partition(" at ")[0] for line in linted(spoilt, tmp_path)}

    assert found >= {"info-contact", "operation-tag-defined", "operation-operationId-unique"}


def test_every_error_is_a_problem_document_that_names_its_codes(document: dict[str, Any]) -> None:
    wrong = []
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) < 400 or (path == TOKEN_PATH and CODES not in answer):
                continue
            named = answer.get(CODES, [])
            if not named or any(catalogue()[Code(code)].http_status != int(status) for code in named):
                wrong.append(f"{method} {path} {status}: {named}")
            if set(answer["content"]) != {PROBLEM_MEDIA_TYPE}:
                wrong.append(f"{method} {path} {status}: {set(answer['content'])}")
    assert not wrong, "\n".join(wrong)


def test_every_success_says_what_it_holds(document: dict[str, Any]) -> None:
    wrong = [
        f"{method} {path} {status}"
        for path, method, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status in {"200", "201"}
        for media_type, content in answer.get("content", {"nothing": {}}).items()
        if media_type == "nothing" or (media_type == "application/json" and not content.get("schema"))
    ]
    assert not wrong, "\n".join(wrong)


def test_texts_and_numbers_of_requests_are_bounded(document: dict[str, Any]) -> None:
    """A text without an end, or a number that no column holds, is a fault waiting for someone to send it."""
    schemas = document["components"]["schemas"]
    unbounded = []
    for path, method, operation in operations(document):
        parts = [
            (parameter["name"], parameter["schema"])
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        ]
        parts += [
            ("body", content["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values()
        ]
        for name, schema in parts:
            unbounded += [
                f"{method} {path}: {where}"
                for where in _unbounded(schema, schemas, name, ())
                if where not in HAS_A_CODE_OF_ITS_OWN
            ]
    assert not unbounded, "\n".join(unbounded)


def _unbounded(
    schema: dict[str, Any], schemas: dict[str, Any], where: str, seen: tuple[str, ...]
) -> list[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [] if name in seen else _unbounded(schemas[name], schemas, where, (*seen, name))
    if "enum" in schema or "const" in schema:
        return []
    found = []
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found += _unbounded(choice, schemas, where, seen)
    match schema.get("type"):
        case "string":
            if not {"maxLength", "pattern", "format"} & schema.keys():
                found.append(where)
        case "integer":
            if not {"maximum", "exclusiveMaximum"} & schema.keys():
                found.append(where)
        case "array":
            found += _unbounded(schema.get("items", {}), schemas, f"{where}[]", seen)
            if "maxItems" not in schema:
                found.append(where)
        case "object":
            for name, member in schema.get("properties", {}).items():
                found += _unbounded(member, schemas, f"{where}.{name}", seen)
    return found
