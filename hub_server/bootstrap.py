"""The composition root: puts the hub together from its settings. Nothing else names concrete parts."""

import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from hub_server import migrations
from hub_server.access import connect_sms
from hub_server.access.jobs import sweep_job as access_sweep
from hub_server.access.routes import router as access_router
from hub_server.admin_api.adjustments import router as admin_adjustments_router
from hub_server.admin_api.alerts import router as admin_alerts_router
from hub_server.admin_api.audit import router as admin_audit_router
from hub_server.admin_api.cards import router as admin_cards_router
from hub_server.admin_api.codes import router as admin_codes_router
from hub_server.admin_api.consistency import router as admin_consistency_router
from hub_server.admin_api.logins import router as admin_logins_router
from hub_server.admin_api.loyalty import router as admin_loyalty_router
from hub_server.admin_api.members import router as admin_members_router
from hub_server.admin_api.merchants import router as admin_merchants_router
from hub_server.admin_api.policies import router as admin_policies_router
from hub_server.admin_api.promotions import router as admin_promotions_router
from hub_server.admin_api.recovery import router as admin_recovery_router
from hub_server.admin_api.service import router as admin_service_router
from hub_server.admin_api.sync import router as admin_sync_router
from hub_server.admin_api.terminals import router as admin_terminals_router
from hub_server.admin_api.transactions import router as admin_transactions_router
from hub_server.audit.jobs import chain_job
from hub_server.backup import Progress, Restored, Schema, restore_backup
from hub_server.bindings.routes import router as bindings_router
from hub_server.change_feed import FEED_SUBJECT, FeedStreams, announce_keys, feed_handler, feed_start
from hub_server.change_feed.routes import router as change_feed_router
from hub_server.charging.routes import router as charges_router
from hub_server.consistency import ConsistencyWatch
from hub_server.consistency.jobs import check_job
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures, configure_logging
from hub_server.foundation.outbox import ALERT, FEED, OUTBOX, Dispatcher, Handler
from hub_server.foundation.scheduling import Job, Loop
from hub_server.foundation.storage import (
    Connection,
    Database,
    DatabaseBusy,
    begin_incarnation,
    has_incarnation,
)
from hub_server.foundation.web import HEAD_TIMEOUT_S, WebParts, make_application
from hub_server.journal_intake import intake_tools
from hub_server.journal_intake.jobs import refunds_job
from hub_server.journal_intake.routes import router as journal_router
from hub_server.ledger import HUB_OWNER, AccountKind, open_account
from hub_server.merchant_api.api_keys import router as merchant_api_keys_router
from hub_server.merchant_api.shifts import router as merchant_shifts_router
from hub_server.merchant_api.staff import router as merchant_staff_router
from hub_server.merchant_api.stores import router as merchant_stores_router
from hub_server.merchant_api.terminals import router as merchant_terminals_router
from hub_server.merchant_api.transactions import router as merchant_transactions_router
from hub_server.monitoring import alert_handler
from hub_server.monitoring.jobs import busy_job, gaps_job, refusals_job
from hub_server.pages.member.routes import router as member_page_router
from hub_server.payment_codes import CodeShelf
from hub_server.payment_codes.jobs import rotation_job, sweep_job
from hub_server.payment_codes.routes import kiosk_router, unbinding_router
from hub_server.payment_codes.routes import router as payment_codes_router
from hub_server.promotions import GRANT, grant_handler
from hub_server.refunding.routes import router as refunds_router
from hub_server.registration.routes import router as registration_router
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys, load_or_make_keys, make_key_file
from hub_server.signing_keys.routes import router as signing_keys_router
from hub_server.terminals import EnrolmentDesk, TerminalAccess
from hub_server.terminals.jobs import sweep_job as terminals_sweep
from hub_server.terminals.routes import router as terminals_router
from shared.clock import Clock, SystemClock
from shared.ids import IdSource

_MARK_BYTES = 4
_OUTBOX_JOB = "outbox"
_FEED_JOB = "feed"


class MigrationNeeded(Exception):
    """The server database has another schema; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub put together and not yet serving. `news` runs the outbox and the feed once the application lives."""

    context: Context
    keys: HubSigningKeys
    app: FastAPI
    dispatcher: Dispatcher
    streams: FeedStreams
    news: Loop
    figures: Figures

    def close(self) -> None:
        """Give back what was opened."""
        self.context.database.close()


def open_context(
    settings: Settings,
    clock: Clock | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Context:
    """The context alone, for commands that do not serve."""
    clock = clock or SystemClock()
    return Context(
        database=Database(settings.database_address, random.random),
        clock=clock,
        ids=IdSource(clock, lambda bits: int.from_bytes(random_bytes(8)) >> (64 - bits)),
        settings=settings,
        random_bytes=random_bytes,
    )


def open_keys(context: Context) -> HubSigningKeys:
    """The hub's keys; an embedded hub makes its own at the first start.

    Raises:
        KeyFileError: they cannot be had.
    """
    return load_or_make_keys(
        context.settings.signing_keys,
        context.settings.key_path,
        may_make=context.database.is_sqlite,
        random_bytes=context.random_bytes,
    )


def prepare_database(context: Context) -> None:
    """Migrate an embedded database; refuse a server's that is not at the present schema.

    Raises:
        MigrationNeeded: run `mps-hub migrate`.
        SchemaTooNew: a newer program made the database.
        DatabaseUnreachable: it does not answer.
    """
    if context.database.is_sqlite:
        migrations.migrate(context.database)
    elif not migrations.is_current(context.database):
        raise MigrationNeeded("the database has another schema than this program: run `mps-hub migrate`")
    context.database.run(lambda connection: _begin(connection, context))


def migrate_database(settings: Settings) -> Path | None:
    """Bring the database to the present schema, and make keys where there are none; the new key file's path.

    Raises:
        SchemaTooNew: a newer program made the database.
        DatabaseUnreachable: it does not answer.
    """
    context = open_context(settings)
    migrating = Database(settings.migration_address)
    try:
        own_role = None if settings.migration_database_url is None else context.database.url.username
        migrations.migrate(migrating, own_role)
        prepare_database(context)
    finally:
        migrating.close()
        context.database.close()
    if settings.signing_keys is not None or settings.key_path.exists():
        return None
    make_key_file(settings.key_path, context.random_bytes)
    return settings.key_path


def for_copies(settings: Settings) -> Settings:
    """The same hub by the role that may alter its tables: the hub's own sees too little of them for a copy."""
    return settings.model_copy(update={"database_url": SecretStr(settings.migration_address)})


def restore_database(settings: Settings, file: Path, *, replace: bool, progress: Progress) -> Restored:
    """Put a copy in the database's place. The keys with which it was made must be there already.

    Raises:
        CannotCopy: it is not put back; nothing was changed.
        KeyFileError: the keys cannot be had.
        DatabaseUnreachable: the database does not answer.
    """
    context = open_context(for_copies(settings))
    own_role = None
    if settings.migration_database_url is not None:
        own_role = Database(settings.database_address).url.username
    try:
        keys = load_or_make_keys(
            settings.signing_keys, settings.key_path, may_make=False, random_bytes=context.random_bytes
        )
        schema = Schema(
            known=migrations.known_revisions(),
            migrate=lambda database: migrations.migrate(database, own_role),
        )
        return restore_backup(context, keys, file, schema=schema, replace=replace, progress=progress)
    finally:
        context.database.close()


def serving_application() -> FastAPI:
    """The application of one worker, from the environment."""
    settings = Settings()
    configure_logging(settings.log_level)
    context = open_context(settings)
    keys = open_keys(context)
    prepare_database(context)
    return build_hub(context, keys).app


def _begin(connection: Connection, context: Context) -> None:
    """What every database holds from its first start on."""
    now = context.clock.now()
    if not has_incarnation(connection):
        begin_incarnation(connection, now, context.random_bytes(_MARK_BYTES).hex())
    for kind in (AccountKind.FEE_INCOME, AccountKind.PROMOTION_EXPENSE):
        open_account(
            connection,
            kind=kind,
            owner=HUB_OWNER,
            currency=context.settings.currency,
            at=now,
            account_id=context.ids.new(),
        )


def build_hub(context: Context, keys: HubSigningKeys) -> Hub:
    """Put the serving hub together on a prepared database."""
    settings = context.settings
    figures = Figures()
    dispatcher = Dispatcher(
        context.database,
        context.clock,
        _handlers(context),
        max_attempts=settings.outbox_max_attempts,
        on_set_aside=lambda topic: figures.set_aside.labels(topic).inc(),
    )
    streams = FeedStreams(context, figures)
    shelf = CodeShelf()
    news = Loop(
        context.clock,
        [
            Job(_OUTBOX_JOB, settings.outbox_poll_ms, dispatcher.dispatch),
            Job(_FEED_JOB, settings.feed_poll_ms, streams.poll),
        ],
    )
    context.database.listen(OUTBOX, lambda: news.wake(_OUTBOX_JOB))
    context.database.listen(FEED_SUBJECT, lambda: news.wake(_FEED_JOB))
    # What takes longer and is in no hurry has a loop of its own, and never delays news.
    sweeps = Loop(
        context.clock,
        [
            sweep_job(context),
            rotation_job(context, keys, shelf),
            access_sweep(context),
            terminals_sweep(context),
            refunds_job(context, intake_tools(context, keys)),
        ],
    )

    context.database.tell_retries(figures.retried)
    watch = ConsistencyWatch(context, keys.verifiers, figures.inconsistent.set)
    loops = (news, sweeps, *_book_keeping(context, keys, figures, watch))

    @asynccontextmanager
    async def life() -> AsyncIterator[dict[str, Any]]:
        context.database.run(lambda c: announce_keys(c, keys, at=context.clock.now()))
        dispatcher.dispatch()
        for loop in loops:
            loop.start()
        try:
            yield {"close_streams": streams.close_all, HEAD_TIMEOUT_S: context.settings.body_timeout_s}
        finally:
            for loop in loops:
                loop.stop()

    app = make_application(
        context,
        WebParts(
            routers=[
                *_routers(context, keys, streams, shelf, figures),
                admin_consistency_router(context, watch),
            ],
            life=life,
            is_ready=lambda: _is_ready(context.database),
            figures=figures,
            version=version("mps"),
        ),
    )
    return Hub(context, keys, app, dispatcher, streams, news, figures)


def _book_keeping(
    context: Context, keys: HubSigningKeys, figures: Figures, watch: ConsistencyWatch
) -> tuple[Loop, Loop]:
    """Two loops: a whole check takes long, and must not keep audit events from their chain."""
    books = [
        chain_job(context, keys.signer, figures.audit_lag.set),
        refusals_job(context),
        busy_job(context, figures.busy_count),
        gaps_job(context),
    ]
    return Loop(context.clock, books), Loop(context.clock, [check_job(context, watch)])


def _routers(
    context: Context, keys: HubSigningKeys, streams: FeedStreams, shelf: CodeShelf, figures: Figures
) -> list[APIRouter]:
    access = TerminalAccess(context, keys)
    return [
        signing_keys_router(keys),
        terminals_router(EnrolmentDesk(context, keys, feed_start)),
        journal_router(context, keys, access, figures),
        change_feed_router(streams, access),
        access_router(context, keys, connect_sms(context.settings.sms_address)),
        registration_router(context),
        admin_cards_router(context),
        admin_members_router(context),
        bindings_router(context),
        unbinding_router(context),
        payment_codes_router(context, keys),
        kiosk_router(context, keys, shelf),
        charges_router(context, keys, figures),
        refunds_router(context, figures),
        member_page_router(context, keys),
        admin_logins_router(context),
        merchant_api_keys_router(context),
        admin_adjustments_router(context),
        merchant_staff_router(context),
        merchant_terminals_router(context, keys),
        merchant_stores_router(context),
        merchant_shifts_router(context),
        merchant_transactions_router(context, access),
        admin_transactions_router(context),
        admin_merchants_router(context),
        admin_policies_router(context),
        admin_terminals_router(context, keys),
        admin_loyalty_router(context),
        admin_codes_router(context, keys, shelf),
        admin_service_router(context),
        admin_promotions_router(context),
        admin_alerts_router(context),
        admin_audit_router(context),
        admin_recovery_router(context, keys),
        admin_sync_router(context),
    ]


def _handlers(context: Context) -> Mapping[str, Handler]:
    return {FEED: feed_handler(context.clock), ALERT: alert_handler(context.ids), GRANT: grant_handler()}


def _is_ready(database: Database) -> bool:
    try:
        return migrations.is_current(database)
    except DatabaseBusy:
        return False
