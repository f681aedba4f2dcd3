"""Use cases: the lists a member sees, a page at a time."""

from hub_server.bindings.queries import cards_of_member, transactions_of_member
from hub_server.bindings.seen_card import seen_card
from hub_server.cards import cards_by_id
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, read_serial, write_place, write_serial
from hub_server.loyalty import current_tier_table
from shared.api.members import CardList, SeenTransaction, TransactionList


def list_cards(connection: Connection, member_id: str, *, limit: int, cursor: str | None) -> CardList:
    """The member's cards in the order of issue.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    after = None if cursor is None else read_serial(cursor)
    bound = cards_of_member(connection, member_id, after=after, limit=limit + 1)
    cards = cards_by_id(connection, [item.card_id for item in bound])
    table = current_tier_table(connection)
    page = bound[:limit]
    return CardList(
        items=tuple(seen_card(cards[item.card_id], item.role, table, item.caps) for item in page),
        next_cursor=write_serial(page[-1].serial) if len(bound) > limit else None,
    )


def list_transactions(
    connection: Connection, member_id: str, *, limit: int, cursor: str | None
) -> TransactionList:
    """What moved on the member's cards, newest first.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_place(cursor)
    found = transactions_of_member(connection, member_id, before=before, limit=limit + 1)
    page = found[:limit]
    return TransactionList(
        items=tuple(SeenTransaction.model_validate(row) for row in page),
        next_cursor=write_place(page[-1]["completed_at"], page[-1]["id"]) if len(found) > limit else None,
    )
