"""`/auth`: one-time passwords, passwords, refresh, sign-out; and everybody's own second factor."""

from fastapi import APIRouter

from hub_server.access.passwords import Passwords
from hub_server.access.routes.one_time import add_one_time_passwords
from hub_server.access.routes.passwords import add_passwords
from hub_server.access.routes.sessions import add_sessions
from hub_server.access.routes.totp import add_totp
from hub_server.access.sign_in import SignInDesk
from hub_server.access.sms import SmsSender
from hub_server.access.totp import TotpSecrets
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys


def router(context: Context, keys: HubSigningKeys, sms: SmsSender) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1", tags=["access"])
    desk = SignInDesk(
        context,
        Passwords(context.settings.password_bcrypt_cost),
        TotpSecrets(keys.pepper, context.random_bytes),
    )
    add_one_time_passwords(routes, context, keys, sms)
    add_passwords(routes, desk)
    add_sessions(routes, context)
    add_totp(routes, desk)
    return routes
