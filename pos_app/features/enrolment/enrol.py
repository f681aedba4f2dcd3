"""Making this machine a terminal: key, enrolment, facts and genesis entry (protocol.md 3, 4)."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from pos_app.devices.key_store.port import KeyStore
from pos_app.hub_client import HubPort
from pos_app.hub_copy import HubFacts, rows
from pos_app.journal.journal import Journal
from pos_app.storage import Database, Transaction
from shared.api.terminals import Enrolment, EnrolRequest
from shared.journal_entries import GenesisData
from shared.signing import Ed25519Signer, PublicJwk

logger = logging.getLogger("mps.pos.enrolment")

NAME_AT_MOST: Final = 64


class AlreadyEnrolled(Exception):
    """This data directory holds a terminal: its journal is never continued by another key."""


class Enrolling:
    """The use case; `enrol` blocks for the hub's answer."""

    def __init__(
        self, database: Database, key_store: KeyStore, new_id: Callable[[], str], app_version: str
    ) -> None:
        """The database is open for writing."""
        self._database = database
        self._key_store = key_store
        self._new_id = new_id
        self._app_version = app_version

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a terminal here already."""
        return self._database.read(rows.read_facts).result() is not None

    def enrol(self, hub: HubPort, code: str, name: str) -> HubFacts:
        """Ask with a key that is kept first, so that a lost answer is got again with the same code and key.

        Raises:
            AlreadyEnrolled: nothing was sent.
            HubUnreachable, HubRefused: try again, with the same code.
            KeyStoreFailed, StorageError: the machine's fault.
        """
        if self.is_enrolled:
            raise AlreadyEnrolled
        key = self._key_store.load()
        if key is None:
            key = Ed25519Signer.generate()
            self._key_store.save(key)
        public_key = PublicJwk.of(key.public_bytes)
        answer = hub.enrol(
            EnrolRequest(
                enrolment_code=code,
                public_key=public_key,
                name=name[:NAME_AT_MOST],
                app_version=self._app_version,
            )
        )
        facts = _facts(answer, public_key)
        self._database.write(lambda tx: self._begin(tx, facts, key, answer.hub_time)).result()
        logger.info("enrolled as terminal %s", facts.terminal_no)
        return facts

    def _begin(self, tx: Transaction, facts: HubFacts, key: Ed25519Signer, hub_time: datetime) -> None:
        """Facts and entry 0 in one commit: a terminal is there whole or not at all."""
        rows.write_facts(tx, facts)
        journal = Journal(facts.terminal_id, key)
        stamp = journal.stamp(tx, hub_time, facts.contact)
        data = GenesisData(terminal_id=facts.terminal_id, app_version=self._app_version)
        journal.append(tx, stamp, self._new_id(), data)


def _facts(answer: Enrolment, public_key: PublicJwk) -> HubFacts:
    return HubFacts(
        terminal_id=answer.terminal_id,
        terminal_no=answer.terminal_no,
        hub=answer.hub,
        certificate=answer.certificate,
        public_key=public_key,
        merchant=answer.merchant,
        store=answer.store,
        staff=answer.staff,
        jwks=answer.jwks,
        policy=answer.policy,
        contact=answer.hub_time,
        cursor=answer.cursor,
        incarnation=answer.incarnation,
    )
