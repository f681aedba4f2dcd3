"""Those who keep a hub: two admins who may do everything, and a merchant's other system with its key."""

from hub_server.audit import Actor
from hub_server.foundation.context import Context
from tests.builders.signed_in import key_headers, signed_in_admin


class Keepers:
    """Headers of each one's requests."""

    def __init__(self, context: Context, merchant_id: str) -> None:
        """Made anew."""
        self.nobody = Actor("system", "test")
        self.admin = signed_in_admin(context).headers
        self.second_admin = signed_in_admin(context).headers
        self.api_key = key_headers(context, merchant_id)
