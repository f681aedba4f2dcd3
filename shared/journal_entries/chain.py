"""Proof of a whole journal from its texts and one public key (protocol.md 4, invariant 6)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.journal_entries.entry import Entry, InvalidEntry, first_prev, verify_entry
from shared.jws import BadSignature, MalformedJws
from shared.signing import Verifier


class ChainFault(StrEnum):
    """In what way an entry does not hold."""

    FORM = "form"
    SIGNATURE = "signature"
    ORDER = "order"
    LINK = "link"


class BrokenChain(ValueError):
    """The first entry that does not hold.

    Attributes:
        seq: its number; where entries are missing, doubled or out of order, the least number that stands
            in the wrong place.
        fault: whether its form, its signature, its place or its link to the one before is wrong.
    """

    def __init__(self, seq: int, why: str, fault: ChainFault) -> None:
        """Name the place and the reason."""
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq
        self.why = why
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where a verified chain stands: the next `seq` and `prev`, and the least `contact` of what follows."""

    next_seq: int
    prev: str
    contact: datetime | None = None

    @classmethod
    def of_terminal(cls, terminal_id: str) -> "ChainEnd":
        """Before entry 0."""
        return cls(0, first_prev(terminal_id))

    def follow(self, entry: Entry) -> "ChainEnd":
        """The end after one more entry.

        Raises:
            BrokenChain: it is not the next one.
        """
        if entry.seq != self.next_seq:
            raise BrokenChain(entry.seq, f"stands where {self.next_seq} should", ChainFault.ORDER)
        if entry.prev != self.prev:
            raise BrokenChain(self.next_seq, "prev is not the hash of the entry before", ChainFault.LINK)
        return ChainEnd(entry.seq + 1, entry.hash, entry.contact)


def verify_chain(
    texts: Iterable[str], terminal_id: str, verifier: Verifier, start: ChainEnd | None = None
) -> Iterator[Entry]:
    """Yield each entry as it verifies, from `start` on (entry 0 unless told).

    Raises:
        BrokenChain: at the first one that does not.
    """
    end = start or ChainEnd.of_terminal(terminal_id)
    rest = iter(texts)
    for jws in rest:
        try:
            entry = verify_entry(jws, terminal_id, verifier)
        except BadSignature as error:
            raise BrokenChain(end.next_seq, str(error), ChainFault.SIGNATURE) from error
        except (InvalidEntry, MalformedJws) as error:
            raise BrokenChain(end.next_seq, str(error), ChainFault.FORM) from error
        if entry.seq != end.next_seq:
            seq = min([entry.seq, *_claimed_seqs(rest, terminal_id, verifier)])
            why = f"{entry.seq} stands where {end.next_seq} should"
            raise BrokenChain(seq, why, ChainFault.ORDER)
        end = end.follow(entry)
        yield entry


def _claimed_seqs(texts: Iterator[str], terminal_id: str, verifier: Verifier) -> Iterator[int]:
    for jws in texts:
        with suppress(InvalidEntry, MalformedJws, BadSignature):
            yield verify_entry(jws, terminal_id, verifier).seq
