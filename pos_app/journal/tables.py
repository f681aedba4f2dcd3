"""The journal's tables as the migrations leave them."""

import sqlalchemy as sa

metadata = sa.MetaData()

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text),
    sa.Column("jws", sa.Text),
    sa.Column("hash", sa.Text),
    sa.Column("prev", sa.Text),
    sa.Column("type", sa.Text),
    sa.Column("at", sa.Text),
    sa.Column("contact", sa.Text),
    sa.Column("charge", sa.Text),
    sa.Column("shift", sa.Text),
)
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("jws", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("decided_at", sa.Text),
    sa.Column("reversal_tx_no", sa.Text),
)
waiting_entries = sa.Table(
    "waiting_entries",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("type", sa.Text),
)
again_entries = sa.Table("again_entries", metadata, sa.Column("seq", sa.Integer, primary_key=True))
contradicting_decisions = sa.Table(
    "contradicting_decisions",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("jws", sa.Text, primary_key=True),
    sa.Column("status", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("heard_at", sa.Text),
)
unsigned_answers = sa.Table(
    "unsigned_answers",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("status", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("answered_at", sa.Text),
)
charges = sa.Table(
    "charges",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer),
    sa.Column("state", sa.Text),
    sa.Column("amount", sa.Integer),
    sa.Column("payable", sa.Integer),
    sa.Column("claims", sa.Text),
    sa.Column("code_ref", sa.Text),
    sa.Column("cashier", sa.Text),
    sa.Column("shift", sa.Text),
    sa.Column("training", sa.Integer),
    sa.Column("at", sa.Text),
    sa.Column("approved_at", sa.Text),
    sa.Column("transaction_json", sa.Text),
    sa.Column("refusal_code", sa.Text),
    sa.Column("refusal_detail", sa.Text),
    sa.Column("papers", sa.Integer),
)
shifts = sa.Table(
    "shifts",
    metadata,
    sa.Column("shift", sa.Text, primary_key=True),
    sa.Column("cashier", sa.Text),
    sa.Column("opened_at", sa.Text),
    sa.Column("closed_at", sa.Text),
)
pin_attempts = sa.Table(
    "pin_attempts",
    metadata,
    sa.Column("staff", sa.Text, primary_key=True),
    sa.Column("wrong", sa.Integer),
    sa.Column("last_wrong_at", sa.Text),
)
noted_matters = sa.Table(
    "noted_matters",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("status", sa.Text, primary_key=True),
    sa.Column("staff", sa.Text),
    sa.Column("noted_at", sa.Text),
)
