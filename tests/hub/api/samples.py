"""A small, good message for any schema of the OpenAPI document, so that a request gets past its form."""

import re
from collections.abc import Mapping
from typing import Any

NOBODYS_ID = "01990000-0000-7000-8000-000000000000"
"""An id that is one, and nothing's."""


class NoSample(Exception):
    """A schema that the sampler has no rule for."""


def sample(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], known: Mapping[str, Any], name: str = ""
) -> Any:
    """The smallest message that fits; a member whose name is `known` takes that value.

    Raises:
        NoSample: a pattern that nothing known fits.
    """
    if name in known:
        return known[name]
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, known, name)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return sample(schema[choice][0], schemas, known, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = {*schema.get("required", ()), *(schema.get("properties", {}).keys() & known.keys())}
            return {
                member: sample(schema["properties"][member], schemas, known, member)
                for member in sorted(wanted)
            }
        case "array":
            items = schema.get("items", {})
            return [sample(items, schemas, known, name) for _ in range(max(1, schema.get("minItems", 1)))]
        case "integer":
            return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
        case "string":
            return _text(schema, name)
    raise NoSample(f"{name}: {schema}")


def _text(schema: Mapping[str, Any], name: str) -> str:
    match schema.get("format"):
        case "uuid":
            return NOBODYS_ID
        case "date-time":
            return "2026-11-23T00:00:00.000Z"
        case "date":
            return "2026-11-22"
        case "email":
            return "someone@example.test"
    text = "x" * int(max(1, schema.get("minLength", 1)))
    if re.search(schema.get("pattern", ""), text) is None:
        raise NoSample(f"{name}: a text like {schema['pattern']}; name it among the known")
    return text
