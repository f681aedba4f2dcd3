"""The header that carries a key, and the one that tells a repeat."""

from typing import Annotated

from fastapi import Header

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="1 to 128 visible ASCII characters, the merchant's own; one outcome a key, for ever",
    ),
]
"""A route's parameter; without it, or with another form, INVALID_REQUEST."""

REPEAT_HEADERS = {"Idempotent-Replayed": "true"}
"""On an answer that was decided before, completed or refused alike."""
