"""What an alert tells that was raised more than once. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.clock import to_wire

MAX_EARLIER: Final = 10
EARLIER: Final = "earlier"
NOT_SHOWN: Final = "earlier_not_shown"


def coalesce_detail(before: Mapping[str, Any], before_at: datetime, new: Mapping[str, Any]) -> dict[str, Any]:
    """The new detail with the different ones before it under `earlier`, the newest first, each with when it was last told.

    No more than `MAX_EARLIER` are shown; `earlier_not_shown` says how many more there were.
    """
    last = {name: value for name, value in before.items() if name not in (EARLIER, NOT_SHOWN)}
    earlier = [each for each in before.get(EARLIER, []) if each["detail"] != new]
    if last != new:
        earlier.insert(0, {"at": to_wire(before_at), "detail": last})
    not_shown = before.get(NOT_SHOWN, 0) + len(earlier[MAX_EARLIER:])
    told = dict(new)
    if earlier:
        told[EARLIER] = earlier[:MAX_EARLIER]
    if not_shown:
        told[NOT_SHOWN] = not_shown
    return told
