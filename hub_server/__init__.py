"""The hub: the ledger, cards, members and merchants, and every decision about their money.

Imports `shared`, never `pos_app`. `bootstrap` is the composition root; each capability's package says what it owns.
"""
