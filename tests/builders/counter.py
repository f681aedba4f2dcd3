"""A shop's counter at a hub: one terminal with its journal, and what the hub answers to it."""

from datetime import timedelta
from typing import Any

from hub_server.cards.tables import cards
from hub_server.charging import hub_money
from hub_server.foundation.context import Context
from hub_server.journal_intake import EntryOutcome, IntakeTools, Submission, take_journal
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import TerminalIdentity, find_terminal
from shared.journal_entries import Decision, Entry, verify_decision_on
from shared.payment_code import PaymentCode
from tests.builders.hub_rows import CardRows, HubRows, ShopRows
from tests.builders.terminal_journal import TerminalJournal

TOO_LATE = timedelta(minutes=5)
"""An entry that is so old when it arrives is not decided live."""


def intake_tools(context: Context, keys: HubSigningKeys) -> IntakeTools:
    """What intake is handed in a serving hub."""
    return IntakeTools(
        verifiers=keys.verifiers,
        signer=keys.signer,
        ids=context.ids,
        money=hub_money(context.settings),
        open_card_ref=keys.open_card_ref,
    )


class Counter:
    """One terminal at its hub."""

    def __init__(
        self,
        context: Context,
        keys: HubSigningKeys,
        rows: HubRows,
        shop: ShopRows | None = None,
        *,
        lag: timedelta = timedelta(0),
    ) -> None:
        """A new terminal with its genesis written; `lag` dates its entries back."""
        self.context = context
        self.rows = rows
        self.shop = shop or rows.shop()
        self.tools = intake_tools(context, keys)
        self.keys = keys
        terminal = rows.terminal(self.shop)
        self.terminal_id = terminal.terminal_id
        self.journal = TerminalJournal(
            terminal_id=terminal.terminal_id,
            signer=terminal.signer,
            clock=context.clock,
            ids=context.ids,
            contact=context.clock.now() - lag,
            lag=lag,
        )
        self.journal.genesis()

    @property
    def identity(self) -> TerminalIdentity:
        """The terminal as the route is handed it."""
        found = self.context.database.read(lambda c: find_terminal(c, self.terminal_id))
        assert found is not None
        return found

    def submit(self, *entries: Entry) -> tuple[EntryOutcome, ...]:
        """Send entries in one request; the outcomes, in order."""
        return self.send(*entries).outcomes

    def send(self, *entries: Entry) -> Submission:
        """Send entries in one request; the whole answer."""
        return self.send_texts(*(entry.jws for entry in entries))

    def send_texts(self, *texts: str) -> Submission:
        """Send whatever text as entries."""
        return take_journal(self.context, self.tools, self.identity, texts)

    def ask(self, entry: Entry) -> EntryOutcome:
        """Send one entry, which may be a repeat."""
        (outcome,) = self.submit(entry)
        return outcome

    def decision(self, entry: Entry) -> Decision:
        """The stored decision on an entry, once its signature holds."""
        text = self.ask(entry).decision
        assert text is not None
        return verify_decision_on(text, entry, self.keys.verifiers)

    def balance(self, card: CardRows) -> int:
        """The card's cached balance."""
        return int(self.card_row(card)["balance"])

    def card_row(self, card: CardRows) -> dict[str, Any]:
        """The card's row."""
        return self.rows.one(cards, id=card.card_id)

    def code_row(self, code: PaymentCode) -> dict[str, Any]:
        """The code's row."""
        return self.rows.one(payment_codes, code_ref=code.claims.code_ref)
