"""What every use case may be handed: the database, time, ids, chance and settings, made once in bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

from hub_server.foundation.storage import Database
from hub_server.settings import Settings
from shared.clock import Clock
from shared.ids import IdSource


@dataclass(frozen=True, slots=True)
class Context:
    """`random_bytes(n)` gives n unpredictable bytes; tests hand in their own."""

    database: Database
    clock: Clock
    ids: IdSource
    settings: Settings
    random_bytes: Callable[[int], bytes]
