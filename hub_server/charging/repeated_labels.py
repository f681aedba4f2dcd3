"""An `order_ref` is a label, never a key: a second standing charge under one may be meant, and somebody looks."""

from collections.abc import Iterable

from hub_server.foundation.outbox import ALERT, News
from hub_server.foundation.storage import Connection
from hub_server.transactions import TransactionKind, TransactionRow, repeated_order_refs


def repeated_label_news(
    connection: Connection, merchant_id: str, written: Iterable[TransactionRow]
) -> list[News]:
    """An alert for each label of the charges just written that the merchant has on another completed one too."""
    labels = {
        row.order_ref for row in written if row.kind is TransactionKind.CHARGE and row.order_ref is not None
    }
    return [
        News(ALERT, {"kind": "order_ref_repeated", "subject": merchant_id, "detail": {"order_ref": label}})
        for label in repeated_order_refs(connection, merchant_id, sorted(labels))
    ]
