"""Reading and writing terminals, enrolment codes and used assertions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from hub_server.foundation.storage import insert_new_rows
from hub_server.merchants.tables import merchant_status_changes
from hub_server.terminals.states import TerminalStatus
from hub_server.terminals.tables import (
    contact_spells,
    enrolment_codes,
    enrolment_tries,
    status_changes,
    terminals,
    used_assertions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalIdentity:
    """A terminal and where it stands; `public_key` is 32 raw bytes, empty until it is enrolled."""

    terminal_id: str
    terminal_no: str
    merchant_id: str
    store_id: str
    status: TerminalStatus
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """An enrolment code and its terminal; `certificate` is what an enrolment by it was given."""

    terminal: TerminalIdentity
    expires_at: datetime
    used_at: datetime | None
    certificate: str | None


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong enrolment codes from an address."""

    window_start: datetime
    wrong: int


_IDENTITY = (
    terminals.c.id,
    terminals.c.terminal_no,
    terminals.c.merchant_id,
    terminals.c.store_id,
    terminals.c.status,
    terminals.c.public_key,
)


def _identity(row: Any) -> TerminalIdentity:
    return TerminalIdentity(
        terminal_id=row.id,
        terminal_no=row.terminal_no,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        status=TerminalStatus(row.status),
        public_key=row.public_key or b"",
    )


def _identities(connection: Connection, query: Select[Any]) -> list[TerminalIdentity]:
    return [_identity(row) for row in connection.execute(query)]


def find_terminal(connection: Connection, terminal_id: str) -> TerminalIdentity | None:
    """A terminal by id."""
    found = _identities(connection, select(*_IDENTITY).where(terminals.c.id == terminal_id))
    return found[0] if found else None


def terminal_numbers(connection: Connection, store_id: str) -> list[str]:
    """The numbers of all terminals that a store ever had."""
    found = connection.execute(select(terminals.c.terminal_no).where(terminals.c.store_id == store_id))
    return list(found.scalars())


def insert_terminal(connection: Connection, new: TerminalIdentity, name: str, at: datetime) -> None:
    """Insert a terminal that is not enrolled."""
    connection.execute(
        insert(terminals).values(
            id=new.terminal_id,
            merchant_id=new.merchant_id,
            store_id=new.store_id,
            terminal_no=new.terminal_no,
            name=name,
            status=new.status,
            created_at=at,
        )
    )


def insert_code(connection: Connection, code_hash: bytes, terminal_id: str, expires_at: datetime) -> None:
    """Insert an enrolment code."""
    connection.execute(
        insert(enrolment_codes).values(code_hash=code_hash, terminal_id=terminal_id, expires_at=expires_at)
    )


def find_code(connection: Connection, code_hash: bytes) -> CodeRow | None:
    """An enrolment code by its hash."""
    row = connection.execute(
        select(*_IDENTITY, terminals.c.certificate, enrolment_codes.c.expires_at, enrolment_codes.c.used_at)
        .join(terminals, terminals.c.id == enrolment_codes.c.terminal_id)
        .where(enrolment_codes.c.code_hash == code_hash)
    ).first()
    if row is None:
        return None
    return CodeRow(
        terminal=_identity(row),
        expires_at=row.expires_at,
        used_at=row.used_at,
        certificate=row.certificate,
    )


def use_code(connection: Connection, code_hash: bytes, at: datetime) -> bool:
    """Use a code up; whether it was unused."""
    done = connection.execute(
        update(enrolment_codes)
        .where(enrolment_codes.c.code_hash == code_hash, enrolment_codes.c.used_at.is_(None))
        .values(used_at=at)
    )
    return done.rowcount == 1


def enrol(
    connection: Connection,
    terminal_id: str,
    *,
    public_key: bytes,
    certificate: str,
    name: str,
    app_version: str,
    at: datetime,
) -> bool:
    """Give a created terminal its key; whether it was waiting for one."""
    done = connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal_id, terminals.c.status == TerminalStatus.CREATED)
        .values(
            status=TerminalStatus.ACTIVE,
            public_key=public_key,
            certificate=certificate,
            name=name,
            app_version=app_version,
            enrolled_at=at,
        )
    )
    return done.rowcount == 1


def is_number_taken(connection: Connection, store_id: str, terminal_no: str) -> bool:
    """Whether a terminal of the store has that number."""
    query = select(terminals.c.id).where(
        terminals.c.store_id == store_id, terminals.c.terminal_no == terminal_no
    )
    return connection.execute(query).first() is not None


def insert_returning(
    connection: Connection,
    terminal: TerminalIdentity,
    terminal_no: str,
    *,
    certificate: str,
    enrolled_at: datetime,
    at: datetime,
) -> None:
    """Insert an enrolled terminal that comes back by its certificate; nobody remembers its name."""
    connection.execute(
        insert(terminals).values(
            id=terminal.terminal_id,
            merchant_id=terminal.merchant_id,
            store_id=terminal.store_id,
            terminal_no=terminal_no,
            name=terminal_no,
            status=terminal.status,
            public_key=terminal.public_key,
            certificate=certificate,
            created_at=at,
            enrolled_at=enrolled_at,
        )
    )


def return_created(
    connection: Connection, terminal: TerminalIdentity, *, certificate: str, enrolled_at: datetime
) -> None:
    """Give a terminal that is created here the key by which it was enrolled; the caller holds its store's lock."""
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal.terminal_id, terminals.c.status == TerminalStatus.CREATED)
        .values(
            status=terminal.status,
            public_key=terminal.public_key,
            certificate=certificate,
            enrolled_at=enrolled_at,
        )
    )


def advance_terminal(
    connection: Connection, terminal_id: str, seen: TerminalStatus, to: TerminalStatus
) -> bool:
    """Compare and set; whether the terminal was as seen."""
    done = connection.execute(
        update(terminals).where(terminals.c.id == terminal_id, terminals.c.status == seen).values(status=to)
    )
    return done.rowcount == 1


def insert_status_change(
    connection: Connection,
    terminal_id: str,
    status: TerminalStatus,
    at: datetime,
    reason: str,
    told_at: datetime | None = None,
) -> int:
    """Remember a change of status; its number, by which it is marked as told."""
    row = {"terminal_id": terminal_id, "at": at, "status": status, "reason": reason, "told_at": told_at}
    number: int = connection.execute(
        insert(status_changes).values(**row).returning(status_changes.c.id)
    ).scalar_one()
    return number


def suspended_at(
    connection: Connection, terminal_id: str, merchant_id: str, contacts: Collection[datetime]
) -> frozenset[datetime]:
    """Those contacts at which the terminal knew that it, or its merchant, was suspended, or itself retired."""
    if not contacts:
        return frozenset()
    own, shop = status_changes.c, merchant_status_changes.c
    newest = max(contacts)
    found: set[datetime] = set()
    for told_at, number, status, whose in (
        (own.told_at, own.id, own.status, own.terminal_id == terminal_id),
        (shop.told_at, shop.id, shop.status, shop.merchant_id == merchant_id),
    ):
        query = select(told_at, status).where(whose, told_at <= newest).order_by(told_at, number)
        changes = [(row.told_at, row.status) for row in connection.execute(query)]
        for contact in contacts:
            known = [state for told, state in changes if told <= contact]
            if known and known[-1] != "active":
                found.add(contact)
    return frozenset(found)


def find_tries(connection: Connection, address: str) -> Tries | None:
    """Wrong codes from an address."""
    row = connection.execute(select(enrolment_tries).where(enrolment_tries.c.address == address)).first()
    return None if row is None else Tries(row.window_start, row.wrong)


def store_tries(connection: Connection, address: str, tries: Tries) -> None:
    """Remember wrong codes from an address."""
    values = {"window_start": tries.window_start, "wrong": tries.wrong}
    insert_new_rows(connection, enrolment_tries, [{"address": address, **values}])
    connection.execute(update(enrolment_tries).where(enrolment_tries.c.address == address).values(**values))


def use_assertion(connection: Connection, jti: str, terminal_id: str, expires_at: datetime) -> bool:
    """Use a `jti` up; whether it was new."""
    found = connection.execute(
        select(used_assertions.c.jti).where(
            used_assertions.c.jti == jti, used_assertions.c.terminal_id == terminal_id
        )
    ).first()
    if found is not None:
        return False
    row = {"jti": jti, "terminal_id": terminal_id, "expires_at": expires_at}
    connection.execute(insert(used_assertions).values(**row))
    return True


def sweep(connection: Connection, now: datetime, tries_before: datetime) -> None:
    """Forget used assertions that have expired anyway, and wrong tries of windows long over."""
    connection.execute(delete(used_assertions).where(used_assertions.c.expires_at < now))
    connection.execute(delete(enrolment_tries).where(enrolment_tries.c.window_start < tries_before))


def record_head(connection: Connection, terminal_id: str, head_seq: int, at: datetime) -> None:
    """Remember the last entry that a terminal says it has."""
    connection.execute(
        update(terminals).where(terminals.c.id == terminal_id).values(head_seq=head_seq, head_at=at)
    )


def extend_spells(
    connection: Connection, terminal_ids: Collection[str], at: datetime, gap: timedelta
) -> set[str]:
    """Let spells that ended at most `gap` before `at` reach it; the terminals that have a spell around it now."""
    near = (
        contact_spells.c.terminal_id.in_(terminal_ids),
        contact_spells.c.began_at <= at,
        contact_spells.c.ended_at >= at - gap,
    )
    connection.execute(
        update(contact_spells).where(*near, contact_spells.c.ended_at < at).values(ended_at=at)
    )
    rows = connection.execute(
        select(contact_spells.c.terminal_id).where(*near, contact_spells.c.ended_at >= at)
    )
    return set(rows.scalars())


def insert_spells(connection: Connection, terminal_ids: Collection[str], at: datetime) -> None:
    """Begin a spell for each of the terminals."""
    rows = [{"terminal_id": each, "began_at": at, "ended_at": at} for each in terminal_ids]
    insert_new_rows(connection, contact_spells, rows)


def spells_between(
    connection: Connection, terminal_id: str, begin: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Spells of a terminal that touch the time from `begin` to `end`."""
    rows = connection.execute(
        select(contact_spells.c.began_at, contact_spells.c.ended_at).where(
            contact_spells.c.terminal_id == terminal_id,
            contact_spells.c.ended_at >= begin,
            contact_spells.c.began_at <= end,
        )
    )
    return [(row.began_at, row.ended_at) for row in rows]
