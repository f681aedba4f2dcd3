"""What offline approval can cost by the default policy and settings: the bounds of protocol.md 5, computed from the rules.

Nothing is timed. The issuer's loss on one card is what its codes carry, times the offline terminals that they reach; the
codes are issued one after the other by the hub's own rule until it gives none that works offline. Amounts are in minor
units.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub_server.payment_codes.rules import OfflineAllowance, offline_limit
from hub_server.settings import Settings
from shared.api.policy import Policy

NAME: Final = "loss_bounds"
REACHED: Final = (1, 5, 20)
"""Offline terminals that one card's codes are shown at."""
_RICH: Final = 100_000_000
"""A balance that limits nothing."""


def run(work: Path) -> dict[str, object]:
    """Compute the bounds; nothing is written."""
    settings, offline = Settings(data_dir=work), Policy().offline
    codes = list(_codes(settings))
    a_code, a_card = min(max(codes), offline.max_amount), sum(codes)
    return {
        "allowance_of_a_card": settings.offline_allowance,
        "offline_limits_of_its_codes": codes,
        "carried_by_a_card": a_card,
        "a_card_keeps_its_allowance": a_card <= settings.offline_allowance,
        "a_code_at_offline_terminals": {str(count): a_code * count for count in REACHED},
        "a_card_at_offline_terminals": {str(count): a_card * count for count in REACHED},
        "bound_of_a_card_at_offline_terminals": {
            str(count): settings.offline_allowance * count for count in REACHED
        },
        "a_terminal_between_two_contacts": offline.max_total,
        "a_terminal_without_a_manager": offline.soft_total,
        "charges_of_a_terminal_between_two_contacts": offline.max_count,
        "terminal_locks_itself_after_s": offline.max_duration_s,
        "largest_single_loss": min(offline.max_amount, settings.offline_code_limit),
    }


def _codes(settings: Settings) -> Iterator[int]:
    """What one card's codes carry, each issued while all before it still count."""
    counted = 0
    while limit := offline_limit(
        _RICH,
        OfflineAllowance(
            per_card=settings.offline_allowance, per_code=settings.offline_code_limit, counted=counted
        ),
    ):
        yield limit
        counted += limit
