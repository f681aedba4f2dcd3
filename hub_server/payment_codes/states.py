"""A payment code's states: they are shared, since the rules of charging go by them too."""

from shared.payment_code.states import TRANSITIONS, CodeState

__all__ = ["TRANSITIONS", "CodeState"]
