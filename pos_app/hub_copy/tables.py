"""The hub copy's tables as the migrations leave them."""

import sqlalchemy as sa

metadata = sa.MetaData()

hub_facts = sa.Table(
    "hub_facts", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text)
)
policies = sa.Table(
    "policies",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("policy", sa.Text),
    sa.Column("contact", sa.Text),
)
revoked_codes = sa.Table(
    "revoked_codes", metadata, sa.Column("code_ref", sa.Text, primary_key=True), sa.Column("exp", sa.Text)
)
