"""An admin at a serving hub, and rows that are sound afterwards."""

from tests.hub.cards.conftest import admin, rows

__all__ = ["admin", "rows"]
