"""The verifier of the audit chain. It stands alone: rows and signed heads in, faults out; no database, no clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub_server.audit.rules.heads import Head, KeptHead, read_head
from hub_server.audit.rules.links import FIRST_LINK, Link, StoredEvent, link_hash
from shared.clock import to_wire
from shared.signing import HubKeys


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One row of the audit log, its chain or its heads that is not as it was written.

    Attributes:
        check: what was done to it, such as `audit_event_changed`.
        subject: the row, such as `audit event 7`.
        detail: what is there and what should be; no secret.
    """

    check: str
    subject: str
    detail: str


def prove_chain(links: Iterable[Link], heads: Sequence[KeptHead], keys: HubKeys) -> Iterator[Fault]:
    """Walk the chain from its first link; memory grows with the heads alone.

    Args:
        links: every link in the order of its position.
        heads: the signed heads of the database and of the copy kept elsewhere.
        keys: the hub's keys that verify.
    """
    signed: dict[int, list[tuple[KeptHead, Head]]] = {}
    for kept in heads:
        head = _read(kept, keys)
        if isinstance(head, Fault):
            yield head
        else:
            signed.setdefault(head.position, []).append((kept, head))
    end = -1
    for link, fault in _walk(links):
        end = link.position
        if fault is not None:
            yield fault
        for kept, head in signed.get(link.position, ()):
            if head.hash != link.hash:
                detail = (
                    f"{kept.place}, signed at {to_wire(head.at)}, says another hash: the chain was rewritten"
                )
                yield Fault("audit_head_differs", f"audit link {link.position}", detail)
    for position in sorted(each for each in signed if each > end):
        kept, head = signed[position][0]
        detail = f"{kept.place}, signed at {to_wire(head.at)}, reached {position}; the chain ends at {end}"
        yield Fault("audit_tail_cut", f"audit links {end + 1} to {position}", detail)
    yield from _missing(signed)


def newest(heads: Sequence[KeptHead], keys: HubKeys) -> Head | None:
    """The head that reaches furthest, of those whose signature holds."""
    read = [head for kept in heads if isinstance(head := _read(kept, keys), Head)]
    return max(read, key=lambda head: (head.through_id, head.position), default=None)


def _read(kept: KeptHead, keys: HubKeys) -> Head | Fault:
    try:
        head = read_head(kept.jws, keys)
    except ValueError as error:
        return Fault("audit_head_forged", kept.place, str(error))
    if kept.columns is not None and kept.columns != (head.position, head.through_id):
        return Fault("audit_head_changed", kept.place, "its columns are not what was signed")
    return head


def _missing(signed: dict[int, list[tuple[KeptHead, Head]]]) -> Iterator[Fault]:
    """Heads of the copy that the database does not have."""
    for position, kept in sorted(signed.items()):
        if all(each.columns is None for each, _ in kept):
            place, head = kept[0][0].place, kept[0][1]
            detail = f"{place}, signed at {to_wire(head.at)}, is not in the database"
            yield Fault("audit_head_dropped", f"audit head {position}", detail)


def _walk(links: Iterable[Link]) -> Iterator[tuple[Link, Fault | None]]:
    """Each link with what is wrong there, if anything; the next one is looked at to tell what was done."""
    before, last, expected = "", FIRST_LINK, 0
    for link, after in _with_next(links):
        fault, rests_on = _judge(link, after, expected, last, before)
        yield link, fault
        before, last, expected = last, rests_on, link.position + 1


def _judge(link: Link, after: Link | None, expected: int, last: str, before: str) -> tuple[Fault | None, str]:
    """What is wrong with a link, and the hash on which the next one should rest."""
    if link.position != expected:
        gone = f"{expected}" if link.position == expected + 1 else f"{expected} to {link.position - 1}"
        detail = f"gone: the chain goes on at {link.position} with audit event {link.event_id}"
        return Fault("audit_link_dropped", f"audit link {gone}", detail), link.hash
    if link.event is None:
        detail = f"gone: link {link.position} still holds its hash"
        return Fault("audit_event_dropped", f"audit event {link.event_id}", detail), link.hash
    due = link_hash(last, link.event)
    if due == link.hash:
        return None, link.hash
    return _tell(link, link.event, after, due, before)


def _tell(link: Link, event: StoredEvent, after: Link | None, due: str, before: str) -> tuple[Fault, str]:
    """What was most likely done to a link whose hash is not the due one."""
    if before and link_hash(before, event) == link.hash:
        detail = (
            f"stands between two links that follow each other; {link.position} is audit event {link.event_id}"
        )
        return Fault("audit_link_inserted", f"audit link {link.position - 1}", detail), link.hash
    if after is not None and after.event is not None:
        if link_hash(due, after.event) == after.hash:
            return Fault("audit_link_changed", f"audit link {link.position}", "its hash was changed"), due
        if link_hash(link.hash, after.event) != after.hash:
            detail = f"audit event {link.event_id} does not follow here: links were moved, or several changed"
            return Fault("audit_link_moved", f"audit link {link.position}", detail), link.hash
    detail = f"is not what was linked at {link.position}, or what was linked before it is gone"
    return Fault("audit_event_changed", f"audit event {link.event_id}", detail), link.hash


def _with_next(links: Iterable[Link]) -> Iterator[tuple[Link, Link | None]]:
    at_hand: Link | None = None
    for link in links:
        if at_hand is not None:
            yield at_hand, link
        at_hand = link
    if at_hand is not None:
        yield at_hand, None
