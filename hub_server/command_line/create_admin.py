"""`mps-hub create-admin`: the first admin of a hub, and the one who lets in those who are locked out."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Annotated

import typer

from hub_server.access import LoginKind, LoginRole, NewLogin, Passwords, create_login, fresh_password
from hub_server.audit import Actor
from hub_server.command_line.words import Words
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from shared.problems import CodedError

OPERATOR = Actor("system", "command-line")
Prepared = Callable[[], AbstractContextManager[tuple[Context, HubSigningKeys]]]


class AdminRole(StrEnum):
    """The roles of the hub's own people."""

    SUPERADMIN = LoginRole.SUPERADMIN.value
    OPERATOR = LoginRole.OPERATOR.value
    FINANCE = LoginRole.FINANCE.value
    AUDITOR = LoginRole.AUDITOR.value


class NoAdminMade(Exception):
    """The login cannot be made; the message says why."""


def add_create_admin(program: typer.Typer, words: Words, prepared: Prepared) -> None:
    """Add the command; `prepared` opens the hub's data."""

    @program.command("create-admin", help=words.create_admin)
    def create_admin_command(
        email: Annotated[str, typer.Option(help=words.create_admin_email)],
        name: Annotated[str, typer.Option(help=words.create_admin_name)],
        role: Annotated[AdminRole, typer.Option(help=words.create_admin_role)] = AdminRole.SUPERADMIN,
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
    ) -> None:
        new = NewLogin(email=email, name=name, kind=LoginKind.ADMIN, role=LoginRole(role.value))
        with prepared() as (context, _keys):
            login_id, password = _make(context, new, words)
            place = context.database.url.render_as_string(hide_password=True)
        if as_json:
            made = {"id": login_id, "email": new.email.lower(), "role": new.role.value}
            typer.echo(json.dumps(made | {"initial_password": password}, ensure_ascii=False, indent=2))
        else:
            typer.echo(
                words.admin_made.format(
                    email=new.email.lower(), role=new.role.value, place=place, password=password
                )
            )


def _make(context: Context, new: NewLogin, words: Words) -> tuple[str, str]:
    at = context.clock.now()
    password = fresh_password(Passwords(context.settings.password_bcrypt_cost), context.random_bytes)
    try:
        login = context.database.run(
            lambda c: create_login(c, context, new, password.hash, at=at, actor=OPERATOR)
        )
    except CodedError as error:
        problem = "; ".join(f"{field.pointer.lstrip('/')}: {field.detail}" for field in error.fields)
        raise NoAdminMade(words.admin_refused.format(problem=problem or error.detail)) from error
    return login.id, password.text
