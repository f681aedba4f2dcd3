"""Everybody's own second factor: `/admin/me/totp` and `/merchant/me/totp`, one thing under two addresses."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from hub_server.access.gates import AdminSession, MerchantSession, admin_gate, merchant_gate
from hub_server.access.own_login import begin_totp, finish_totp, remove_totp
from hub_server.access.permissions import Permission
from hub_server.access.routes.messages import TotpProof, TotpRemoval, TotpSecret, TotpWanted
from hub_server.access.sign_in import SignInDesk
from hub_server.foundation.web import problems
from shared.problems import Code

Gate = Callable[..., AdminSession | MerchantSession]


def add_totp(routes: APIRouter, desk: SignInDesk) -> None:
    """For admins, and for merchants' people."""
    _add(routes, desk, "/admin/me/totp", admin_gate(desk.context, Permission.READ))
    _add(routes, desk, "/merchant/me/totp", merchant_gate(desk.context, Permission.OWN_READ))


def _add(routes: APIRouter, desk: SignInDesk, path: str, gate: Gate) -> None:
    own = Depends(gate)

    @routes.post(path, status_code=201)
    def begin_second_factor(
        session: Annotated[AdminSession | MerchantSession, own], body: TotpWanted
    ) -> TotpSecret:
        """A secret for an authenticator. It counts from the confirmation on; until then another replaces it."""
        made = begin_totp(desk, session.login, password=body.password)
        return TotpSecret(secret=made.secret, otpauth_uri=made.otpauth_uri)

    @routes.post(f"{path}/confirm", status_code=204, responses=problems(Code.OTP_INVALID))
    def confirm_second_factor(
        session: Annotated[AdminSession | MerchantSession, own], body: TotpProof
    ) -> Response:
        """The authenticator's first digits: from now on signing in asks for them; every session but this one ends."""
        finish_totp(desk, session.login, session.token, body.totp)
        return Response(status_code=204)

    @routes.delete(path, status_code=204, responses=problems(Code.OTP_INVALID))
    def remove_second_factor(
        session: Annotated[AdminSession | MerchantSession, own], body: TotpRemoval
    ) -> Response:
        """Sign in by password alone again."""
        remove_totp(desk, session.login, password=body.password, totp=body.totp)
        return Response(status_code=204)
