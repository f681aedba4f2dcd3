"""One place for one thing between two threads: what is put in replaces what nobody has taken yet."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestOnly(Generic[T]):
    """A slot that holds the newest value. Older ones that were not taken are dropped and counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many values were replaced before anybody took them."""
        return self._dropped

    def put(self, value: T) -> None:
        """Lay `value` in the slot, in place of what lies there."""
        with self._changed:
            if self._value is not None:
                self._dropped += 1
            self._value = value
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """The value in the slot, waiting at most `timeout_s`; None if there is none or the slot was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout_s)
            value, self._value = self._value, None
            return value

    def clear(self) -> None:
        """Forget what lies in the slot."""
        with self._changed:
            self._value = None

    def close(self) -> None:
        """Wake whoever waits; from now on `take` waits no longer."""
        with self._changed:
            self._closed = True
            self._value = None
            self._changed.notify_all()
