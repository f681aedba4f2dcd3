"""`/admin/merchants`: who may take payments; made with a first store and an owner, renamed, suspended, resumed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from hub_server.access import (
    AdminSession,
    FreshPassword,
    LoginKind,
    LoginRole,
    NewLogin,
    Passwords,
    Permission,
    admin_gate,
    create_login,
    fresh_password,
)
from hub_server.audit import Actor
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Address, Name, Reason
from hub_server.merchants import (
    MerchantStatus,
    NewStore,
    change_merchant,
    create_merchant,
    create_store,
    find_merchant,
    list_merchants,
    merchant_profile,
    resume_merchant,
    store_profile,
    stores_of,
    suspend_merchant,
)
from shared.api.messages import Message, Request
from shared.api.terminals import MerchantProfile, StoreProfile
from shared.problems import Code, CodedError, FieldError


class FirstStore(Request):
    """A store; its business day begins at that hour of its time zone."""

    name: Name
    address: Address = ""
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "Asia/Taipei"
    day_starts_at: Annotated[int, Field(ge=0, le=23)] = 4


class FirstOwner(Request):
    """Who signs in for the merchant."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    name: Name


class MerchantToMake(Request):
    """A merchant that may take payments at once."""

    name: Name
    store: FirstStore
    owner: FirstOwner


class MerchantToChange(Request):
    """What is to be another."""

    name: Name


class WhyMerchant(Request):
    """Why it is suspended or may go on."""

    reason: Reason


class MerchantList(Message):
    """A page, in the order of the merchants' codes."""

    items: tuple[MerchantProfile, ...]
    next_cursor: str | None


class MerchantWithStores(MerchantProfile):
    """A merchant and its stores, the oldest first."""

    stores: tuple[StoreProfile, ...]


class NewOwner(Message):
    """The owner's login; the password is shown this once."""

    id: str
    email: str
    initial_password: Annotated[str, Field(repr=False)]


class NewMerchant(Message):
    """What was made."""

    merchant: MerchantProfile
    store: StoreProfile
    owner: NewOwner


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/merchants", tags=["admin: merchants"])
    _add_reading(routes, context)
    _add_making(routes, context)
    _add_status(routes, context)
    return routes


def _add_reading(routes: APIRouter, context: Context) -> None:
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def merchants(
        _session: Annotated[AdminSession, reads],
        status: MerchantStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> MerchantList:
        """Merchants in the order of their codes."""
        rows, after = context.database.read(
            lambda c: list_merchants(c, status=status, limit=limit, cursor=cursor)
        )
        return MerchantList(items=tuple(merchant_profile(row) for row in rows), next_cursor=after)

    @routes.get("/{merchant_id}", responses=problems(Code.NOT_FOUND))
    def one_merchant(_session: Annotated[AdminSession, reads], merchant_id: PathId) -> MerchantWithStores:
        """One merchant with its stores."""
        known = known_form(merchant_id)
        return context.database.read(lambda c: _with_stores(c, known))


def _add_making(routes: APIRouter, context: Context) -> None:
    changes = Depends(admin_gate(context, Permission.MERCHANTS))
    passwords = Passwords(context.settings.password_bcrypt_cost)

    @routes.post("", status_code=201, responses=problems(Code.LIMIT_EXCEEDED))
    def make_merchant(session: Annotated[AdminSession, changes], body: MerchantToMake) -> NewMerchant:
        """Make an active merchant with its first store and an owner; the owner's password is shown this once."""
        password = fresh_password(passwords, context.random_bytes)
        return context.database.run(lambda c: _make(c, context, body, password, session.actor))

    @routes.patch("/{merchant_id}", responses=problems(Code.NOT_FOUND))
    def change(
        session: Annotated[AdminSession, changes], merchant_id: PathId, body: MerchantToChange
    ) -> MerchantWithStores:
        """Rename a merchant; its terminals are told."""
        known, at = known_form(merchant_id), context.clock.now()

        def work(c: Connection) -> MerchantWithStores:
            change_merchant(c, merchant_id=known, name=body.name, at=at, actor=session.actor)
            return _with_stores(c, known)

        return context.database.run(work)


def _add_status(routes: APIRouter, context: Context) -> None:
    changes = Depends(admin_gate(context, Permission.MERCHANTS))

    @routes.post("/{merchant_id}/suspend", responses=problems(Code.NOT_FOUND))
    def suspend(
        session: Annotated[AdminSession, changes], merchant_id: PathId, body: WhyMerchant
    ) -> MerchantWithStores:
        """Suspend a merchant: its charges are refused, and its terminals stop offline approval once told."""
        known, at = known_form(merchant_id), context.clock.now()

        def work(c: Connection) -> MerchantWithStores:
            suspend_merchant(c, merchant_id=known, at=at, actor=session.actor, reason=body.reason)
            return _with_stores(c, known)

        return context.database.run(work)

    @routes.post("/{merchant_id}/resume", responses=problems(Code.NOT_FOUND))
    def resume(
        session: Annotated[AdminSession, changes], merchant_id: PathId, body: WhyMerchant
    ) -> MerchantWithStores:
        """Let a suspended merchant go on; its terminals are told."""
        known, at = known_form(merchant_id), context.clock.now()

        def work(c: Connection) -> MerchantWithStores:
            resume_merchant(c, merchant_id=known, at=at, actor=session.actor, reason=body.reason)
            return _with_stores(c, known)

        return context.database.run(work)


def _with_stores(connection: Connection, merchant_id: str) -> MerchantWithStores:
    row = find_merchant(connection, merchant_id)
    if row is None:
        raise CodedError(Code.NOT_FOUND)
    stores = tuple(store_profile(store) for store in stores_of(connection, merchant_id))
    return MerchantWithStores(**merchant_profile(row).model_dump(), stores=stores)


def _make(
    connection: Connection, context: Context, body: MerchantToMake, password: FreshPassword, actor: Actor
) -> NewMerchant:
    at = context.clock.now()
    merchant = create_merchant(connection, context, name=body.name, at=at, actor=actor)
    new_store = NewStore(merchant_id=merchant.id, **body.store.model_dump())
    new_owner = NewLogin(
        email=body.owner.email,
        name=body.owner.name,
        kind=LoginKind.MERCHANT,
        role=LoginRole.OWNER,
        merchant_id=merchant.id,
    )
    with _fields_of("/store"):
        store = create_store(connection, context, new_store, at=at, actor=actor)
    with _fields_of("/owner"):
        owner = create_login(connection, context, new_owner, password.hash, at=at, actor=actor)
    return NewMerchant(
        merchant=merchant_profile(merchant),
        store=store_profile(store),
        owner=NewOwner(id=owner.id, email=owner.email, initial_password=password.text),
    )


@contextmanager
def _fields_of(pointer: str) -> Iterator[None]:
    """What is wrong with a field is said of its place in the whole request."""
    try:
        yield
    except CodedError as error:
        fields = tuple(
            FieldError(pointer=f"{pointer}{field.pointer}", detail=field.detail) for field in error.fields
        )
        raise CodedError(error.code, error.detail, fields=fields) from error
