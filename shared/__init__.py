"""What the hub and the terminal must compute identically, and nothing else.

Money, rates, ids, instants, the error catalogue, the payment code, the journal's entries, the offline rules
and the messages between the two programs. Imports neither program.
"""
