"""What a merchant's stores took and gave back in their business days of one date."""

from datetime import date, datetime

from hub_server.foundation.storage import Connection
from hub_server.merchant_api.messages import StoreDay
from hub_server.merchants import StoreRow, business_day
from hub_server.transactions import KindSums, TransactionKind, sums_of_day
from shared.problems import Code, CodedError, FieldError

_Sums = dict[str | None, dict[TransactionKind, KindSums]]
_MOVEMENTS = frozenset({TransactionKind.CHARGE, TransactionKind.REVERSAL, TransactionKind.REFUND})


class DaysOfMerchant:
    """Business days of one date; stores whose days begin and end together are summed together."""

    def __init__(self, connection: Connection, merchant_id: str, day: date) -> None:
        """Nothing is read yet."""
        self._connection = connection
        self._merchant_id = merchant_id
        self._day = day
        self._sums: dict[tuple[datetime, datetime], _Sums] = {}

    def of_store(self, store: StoreRow) -> StoreDay:
        """A store's day.

        Raises:
            CodedError: INVALID_REQUEST for a day beyond the calendar.
        """
        begin, end = self._bounds(store.time_zone, store.day_starts_at)
        return StoreDay.of(store, begin, end, self._sums_of(begin, end).get(store.id, {}))

    def without_store(self, stores: list[StoreRow], hub_zone: str) -> list[StoreDay]:
        """What was charged without a store, if anything: in the day of the first store, else of the hub.

        Raises:
            CodedError: INVALID_REQUEST for a day beyond the calendar.
        """
        zone, starts_at = (stores[0].time_zone, stores[0].day_starts_at) if stores else (hub_zone, 0)
        begin, end = self._bounds(zone, starts_at)
        sums = self._sums_of(begin, end).get(None, {})
        return [StoreDay.of(None, begin, end, sums)] if _MOVEMENTS & sums.keys() else []

    def _bounds(self, zone: str, starts_at: int) -> tuple[datetime, datetime]:
        try:
            return business_day(self._day, zone, starts_at)
        except OverflowError as error:
            raise no_date() from error

    def _sums_of(self, begin: datetime, end: datetime) -> _Sums:
        if (begin, end) not in self._sums:
            self._sums[begin, end] = sums_of_day(self._connection, self._merchant_id, begin, end)
        return self._sums[begin, end]


def no_date() -> CodedError:
    """What is asked for is no date: INVALID_REQUEST."""
    field = FieldError(pointer="/date", detail="no date of the calendar")
    return CodedError(Code.INVALID_REQUEST, fields=(field,))
