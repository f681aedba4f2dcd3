"""An `order_ref` is a label, never a key: a second standing charge under one may be meant, and somebody looks."""

import hashlib
from collections.abc import Iterable
from typing import Final

from hub_server.foundation.outbox import ALERT, News
from hub_server.foundation.storage import Connection
from hub_server.transactions import TransactionKind, TransactionRow, repeated_order_refs

MAX_SUBJECT: Final = 64
_DIGEST_HEX: Final = 24


def repeated_label_news(
    connection: Connection, merchant_id: str, written: Iterable[TransactionRow]
) -> list[News]:
    """An alert for each label of the charges just written that the merchant has on another completed one too."""
    labels = {
        row.order_ref for row in written if row.kind is TransactionKind.CHARGE and row.order_ref is not None
    }
    return [
        News(
            ALERT,
            {
                "kind": "order_ref_repeated",
                "subject": subject_of(merchant_id, label),
                "detail": {"order_ref": label},
            },
        )
        for label in repeated_order_refs(connection, merchant_id, sorted(labels))
    ]


def subject_of(merchant_id: str, label: str) -> str:
    """Merchant and label, so that each label has its alert; a label that does not fit is told by its hash."""
    subject = f"{merchant_id}:{label}"
    if len(subject) <= MAX_SUBJECT:
        return subject
    return f"{merchant_id}:#{hashlib.sha256(label.encode('utf-8')).hexdigest()[:_DIGEST_HEX]}"
