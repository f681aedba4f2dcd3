"""The counter of the charging tests, for what happens behind it."""

from tests.unit.pos.charging.conftest import counter

__all__ = ["counter"]
