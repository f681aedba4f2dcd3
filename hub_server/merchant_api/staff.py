"""`/merchant/staff`: who stands at a merchant's terminals as what. PINs go in and never come out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from hub_server.access import MerchantSession, Permission, merchant_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_id, write_id
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Name
from hub_server.merchant_api.own_staff import (
    may_appoint,
    own_person,
    own_person_anywhere,
    person_seen,
    seen_people,
)
from hub_server.merchant_api.own_stores import store_of_session
from hub_server.staff import StaffRole, change_pin, create_staff, end_post, hash_pin, post_staff
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.problems import Code

_RoleName = Literal["cashier", "store_manager"]


class PersonToTakeOn(Request):
    """Somebody new, with a PIN of 4 to 8 digits and a first post."""

    name: Name
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$"), Field(repr=False)]
    store_id: Uuid7Text
    role: _RoleName


class PinToSet(Request):
    """A PIN of 4 to 8 digits."""

    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$"), Field(repr=False)]


class PostToGive(Request):
    """A post at a store; it ends the one held there before."""

    store_id: Uuid7Text
    role: _RoleName


class SeenPost(Message):
    """A post held now."""

    store_id: str
    role: StaffRole
    since: WireInstant


class SeenPerson(Message):
    """Somebody of the merchant's staff, with the posts held now."""

    id: str
    name: str
    posts: tuple[SeenPost, ...]


class SeenPeople(Message):
    """A page, the oldest first."""

    items: tuple[SeenPerson, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant/staff", tags=["merchant"])
    _add_people(routes, context)
    _add_posts(routes, context)
    return routes


def _add_people(routes: APIRouter, context: Context) -> None:
    reads = Depends(merchant_gate(context, Permission.OWN_READ))
    changes = Depends(merchant_gate(context, Permission.OWN_STAFF))

    @routes.get("")
    def people(
        session: Annotated[MerchantSession, reads], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> SeenPeople:
        """The merchant's staff, the oldest first. A manager sees those who stand or stood at one store."""
        after = None if cursor is None else read_id(cursor)

        def work(c: Connection) -> SeenPeople:
            found = seen_people(c, session, after=after, limit=limit + 1)
            page = found[:limit]
            return SeenPeople(
                items=tuple(SeenPerson.model_validate(person) for person in page),
                next_cursor=write_id(page[-1]["id"]) if len(found) > limit else None,
            )

        return context.database.read(work)

    @routes.post("", status_code=201, responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def take_on(session: Annotated[MerchantSession, changes], body: PersonToTakeOn) -> SeenPerson:
        """Take somebody on with a PIN and a first post; only an owner appoints a store manager."""
        role = StaffRole(body.role)
        may_appoint(session, role)
        pin_hash, at = hash_pin(body.pin, context.settings.pin_bcrypt_cost), context.clock.now()

        def work(c: Connection) -> SeenPerson:
            store = store_of_session(c, session, body.store_id)
            person = create_staff(
                c,
                context.ids,
                merchant_id=session.merchant_id,
                name=body.name,
                pin_hash=pin_hash,
                at=at,
                actor=session.actor,
            )
            post_staff(
                c,
                context.ids,
                staff_id=person.id,
                store_id=store.id,
                role=role,
                at=at,
                actor=session.actor,
            )
            return SeenPerson.model_validate(person_seen(c, person, session))

        return context.database.run(work)


def _add_posts(routes: APIRouter, context: Context) -> None:
    changes = Depends(merchant_gate(context, Permission.OWN_STAFF))

    @routes.put("/{staff_id}/pin", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def set_pin(session: Annotated[MerchantSession, changes], staff_id: PathId, body: PinToSet) -> SeenPerson:
        """Change somebody's PIN; the terminals of every store where the person stands are told."""
        known, at = known_form(staff_id), context.clock.now()
        pin_hash = hash_pin(body.pin, context.settings.pin_bcrypt_cost)

        def work(c: Connection) -> SeenPerson:
            person = own_person_anywhere(c, session, known)
            change_pin(c, staff_id=person.id, pin_hash=pin_hash, at=at, actor=session.actor)
            return SeenPerson.model_validate(person_seen(c, person, session))

        return context.database.run(work)

    @routes.post("/{staff_id}/posts", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def give_post(
        session: Annotated[MerchantSession, changes], staff_id: PathId, body: PostToGive
    ) -> SeenPerson:
        """Give somebody a post at a store, ending the one held there; the store's terminals are told."""
        known, at, role = known_form(staff_id), context.clock.now(), StaffRole(body.role)

        def work(c: Connection) -> SeenPerson:
            store = store_of_session(c, session, body.store_id)
            person = own_person(c, session, known, store.id)
            may_appoint(session, role)
            post_staff(
                c,
                context.ids,
                staff_id=person.id,
                store_id=store.id,
                role=role,
                at=at,
                actor=session.actor,
            )
            return SeenPerson.model_validate(person_seen(c, person, session))

        return context.database.run(work)

    @routes.delete("/{staff_id}/posts/{store_id}", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def end_post_at(
        session: Annotated[MerchantSession, changes], staff_id: PathId, store_id: PathId
    ) -> SeenPerson:
        """End somebody's post at a store, if one is held there; the store's terminals are told."""
        known, known_store, at = known_form(staff_id), known_form(store_id), context.clock.now()

        def work(c: Connection) -> SeenPerson:
            store = store_of_session(c, session, known_store)
            person = own_person(c, session, known, store.id)
            end_post(c, staff_id=person.id, store_id=store.id, at=at, actor=session.actor)
            return SeenPerson.model_validate(person_seen(c, person, session))

        return context.database.run(work)
