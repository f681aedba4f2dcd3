"""JSON read strictly: what is signed has one meaning only."""

import json
from typing import NoReturn


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return result


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"not an integer: {text}")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_no_float, parse_constant=_no_float)


def loads_object(data: bytes) -> dict[str, object]:
    """A UTF-8 JSON object without repeated names, floats, NaN or a byte-order mark.

    Raises:
        ValueError: anything else.
    """
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def dumps_object(value: dict[str, object]) -> bytes:
    """Compact UTF-8 JSON, names in the given order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
