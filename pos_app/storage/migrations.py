"""The database's schema, step by step; `PRAGMA user_version` counts the steps done, each in a transaction.

Rules about what may stand beside what are constraints and triggers here, so that no path around the code breaks them.
"""

from typing import Final

import sqlalchemy as sa

from pos_app.storage.errors import NewerDatabase

_FIRST: Final = (
    # One number, raised by every transaction: how a failed COMMIT is looked up.
    "CREATE TABLE commit_mark (number INTEGER NOT NULL) STRICT",
    "INSERT INTO commit_mark VALUES (0)",
    """CREATE TABLE entries (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, jws TEXT NOT NULL, hash TEXT NOT NULL, prev TEXT NOT NULL,
        type TEXT NOT NULL, at TEXT NOT NULL, contact TEXT NOT NULL, charge TEXT, shift TEXT
    ) STRICT""",
    "CREATE INDEX entries_of_charge ON entries (charge) WHERE charge IS NOT NULL",
    # One advice and one reversal a charge (protocol.md 5).
    """CREATE UNIQUE INDEX one_advice_one_reversal ON entries (charge, type)
        WHERE type IN ('advice', 'reversal')""",
    "CREATE INDEX advices_under_contact ON entries (contact) WHERE type = 'advice'",
    """CREATE TRIGGER entries_have_no_gap BEFORE INSERT ON entries
        WHEN NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM entries)
        BEGIN SELECT RAISE(ABORT, 'an entry out of sequence'); END""",
    """CREATE TRIGGER entries_are_chained BEFORE INSERT ON entries
        WHEN NEW.seq > 0 AND NEW.prev IS NOT (SELECT hash FROM entries WHERE seq = NEW.seq - 1)
        BEGIN SELECT RAISE(ABORT, 'an entry that does not follow the one before'); END""",
    """CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY REFERENCES entries (seq), jws TEXT NOT NULL, status TEXT NOT NULL, code TEXT,
        decided_at TEXT NOT NULL, reversal_tx_no TEXT
    ) STRICT""",
    """CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is written once'); END""",
    """CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is written once'); END""",
    # Entries without a decision: kept by triggers, so that counting them costs nothing in a long journal.
    "CREATE TABLE waiting_entries (seq INTEGER PRIMARY KEY REFERENCES entries (seq)) STRICT",
    """CREATE TRIGGER entries_wait_for_a_decision AFTER INSERT ON entries
        BEGIN INSERT INTO waiting_entries VALUES (NEW.seq); END""",
    """CREATE TRIGGER decided_entries_wait_no_more AFTER INSERT ON decisions
        BEGIN DELETE FROM waiting_entries WHERE seq = NEW.seq; END""",
    # The newest unsigned answer on an entry: what the inbox shows.
    """CREATE TABLE unsigned_answers (
        seq INTEGER PRIMARY KEY REFERENCES entries (seq), status TEXT NOT NULL, code TEXT, answered_at TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE charges (
        id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE REFERENCES entries (seq), state TEXT NOT NULL,
        amount INTEGER NOT NULL, payable INTEGER NOT NULL, claims TEXT NOT NULL, code_ref TEXT NOT NULL,
        cashier TEXT NOT NULL, shift TEXT NOT NULL, training INTEGER NOT NULL, at TEXT NOT NULL,
        approved_at TEXT, transaction_json TEXT, refusal_code TEXT, refusal_detail TEXT, papers INTEGER NOT NULL DEFAULT 0,
        CHECK (state IN ('durable', 'in_doubt', 'completed', 'declined', 'advised', 'settled', 'rejected', 'reversed'))
    ) STRICT""",
    # One standing use of a payment code at this terminal (protocol.md 5, offline rule 1).
    """CREATE UNIQUE INDEX one_standing_use ON charges (code_ref)
        WHERE training = 0 AND state IN ('completed', 'advised', 'settled')""",
    "CREATE INDEX open_charges ON charges (state) WHERE state IN ('durable', 'in_doubt', 'advised')",
    "CREATE INDEX charges_of_shift ON charges (shift)",
    """CREATE TABLE shifts (
        shift TEXT PRIMARY KEY, cashier TEXT NOT NULL, opened_at TEXT NOT NULL, closed_at TEXT
    ) STRICT""",
    "CREATE UNIQUE INDEX one_open_shift ON shifts ((1)) WHERE closed_at IS NULL",
    "CREATE TABLE hub_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # `contact`: the contact from which on the version is in force; null until one covers it.
    "CREATE TABLE policies (version INTEGER PRIMARY KEY, policy TEXT NOT NULL, contact TEXT) STRICT",
    "CREATE TABLE revoked_codes (code_ref TEXT PRIMARY KEY, exp TEXT NOT NULL) STRICT",
    """CREATE TABLE pin_attempts (
        staff TEXT PRIMARY KEY, wrong INTEGER NOT NULL, last_wrong_at TEXT NOT NULL
    ) STRICT""",
)

_SECOND: Final = (
    # What a manager has noted as done: it leaves 待處理 and stays in the history. With another status it is another matter.
    """CREATE TABLE noted_matters (
        seq INTEGER NOT NULL REFERENCES entries (seq), status TEXT NOT NULL, staff TEXT NOT NULL, noted_at TEXT NOT NULL,
        PRIMARY KEY (seq, status)
    ) STRICT""",
    "CREATE INDEX rejected_decisions ON decisions (seq) WHERE status = 'rejected'",
    # What a restored hub has lost is found by when it was decided (protocol.md 5).
    "CREATE INDEX decisions_by_time ON decisions (decided_at)",
    # The type beside the number: unsent reversals go before each new charge, however long the queue is.
    "DROP TRIGGER entries_wait_for_a_decision",
    "ALTER TABLE waiting_entries ADD COLUMN type TEXT NOT NULL DEFAULT ''",
    "UPDATE waiting_entries SET type = (SELECT type FROM entries WHERE entries.seq = waiting_entries.seq)",
    "CREATE INDEX waiting_reversals ON waiting_entries (seq) WHERE type = 'reversal'",
    """CREATE TRIGGER entries_wait_for_a_decision AFTER INSERT ON entries
        BEGIN INSERT INTO waiting_entries (seq, type) VALUES (NEW.seq, NEW.type); END""",
    # Decided entries that a restored hub must hear again, with their decisions (protocol.md 5).
    "CREATE TABLE again_entries (seq INTEGER PRIMARY KEY REFERENCES decisions (seq)) STRICT",
    # Another decision on an entry that has one: kept beside it for a person, and never instead of it.
    """CREATE TABLE contradicting_decisions (
        seq INTEGER NOT NULL REFERENCES decisions (seq), jws TEXT NOT NULL, status TEXT NOT NULL, code TEXT,
        heard_at TEXT NOT NULL, PRIMARY KEY (seq, jws)
    ) STRICT""",
    """CREATE TRIGGER contradicting_decisions_are_not_changed BEFORE UPDATE ON contradicting_decisions
        BEGIN SELECT RAISE(ABORT, 'what the hub said is not changed'); END""",
    """CREATE TRIGGER contradicting_decisions_are_not_deleted BEFORE DELETE ON contradicting_decisions
        BEGIN SELECT RAISE(ABORT, 'what the hub said is not deleted'); END""",
)

MIGRATIONS: Final = (_FIRST, _SECOND)
SCHEMA_VERSION: Final = len(MIGRATIONS)


def schema_version(connection: sa.Connection) -> int:
    """How many steps the database has done.

    Raises:
        NewerDatabase: more than this program knows.
    """
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > SCHEMA_VERSION:
        raise NewerDatabase(f"schema {version}; this program knows {SCHEMA_VERSION}")
    return version


def migrate(connection: sa.Connection) -> None:
    """Do the steps that are missing; interrupted anywhere, the next start goes on.

    Raises:
        NewerDatabase: more steps than this program knows.
    """
    for number in range(schema_version(connection), SCHEMA_VERSION):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for statement in MIGRATIONS[number]:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {number + 1}")
        connection.exec_driver_sql("COMMIT")
