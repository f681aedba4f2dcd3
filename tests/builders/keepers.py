"""Those who keep a hub: two admins who may do everything, a merchant's owner and its API key, with their tokens."""

from hub_server.access import (
    LoginKind,
    LoginRole,
    LoginRow,
    SessionKind,
    api_key_text,
    insert_login,
    keep_api_key,
    open_session,
)
from hub_server.audit import Actor
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection

LIFE_S = 30 * 86_400


class Keepers:
    """Signed in for a month. Their passwords are nobody's."""

    def __init__(self, context: Context, merchant_id: str) -> None:
        """Made anew, with addresses of their own."""
        self._context = context
        self.nobody = Actor("system", "test")
        self.admin = self.login(LoginRole.SUPERADMIN)
        self.second_admin = self.login(LoginRole.SUPERADMIN)
        self.owner = self.login(LoginRole.OWNER, merchant_id)
        self.api_key = api_key_text(context.random_bytes(32))
        context.database.run(
            lambda connection: keep_api_key(
                connection,
                key_id=context.ids.new(),
                key=self.api_key,
                merchant_id=merchant_id,
                at=context.clock.now(),
            )
        )

    def login(self, role: LoginRole, merchant_id: str | None = None) -> str:
        """The access token of a new login of that role."""
        return self._context.database.run(lambda connection: self._sign_in(connection, role, merchant_id))

    def _sign_in(self, connection: Connection, role: LoginRole, merchant_id: str | None) -> str:
        login_id, at = self._context.ids.new(), self._context.clock.now()
        is_merchants = merchant_id is not None
        login = LoginRow(
            id=login_id,
            kind=LoginKind.MERCHANT if is_merchants else LoginKind.ADMIN,
            email=f"{login_id}@example.org",
            name="管理員",
            role=role,
            merchant_id=merchant_id,
            password_hash="$2b$04$none",
            created_at=at,
        )
        insert_login(connection, login)
        session = open_session(
            connection,
            self._context.random_bytes,
            kind=SessionKind.MERCHANT if is_merchants else SessionKind.ADMIN,
            subject=login_id,
            life_s=LIFE_S,
            at=at,
        )
        return session.token
