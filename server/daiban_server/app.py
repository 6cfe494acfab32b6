"""The application, wired by hand: every part is made here and passed on explicitly."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Hashable
from typing import TypeVar

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.types import Message, Scope

from daiban_server.accounts import account_routes, passkey_routes, people_routes, session_routes
from daiban_server.accounts.oidc.provider import Provider
from daiban_server.console.provider import CALLBACK
from daiban_server.console.refusing import EITHER, recognise
from daiban_server.console.routes import PRACTICE, STATIC
from daiban_server.console.routes import ROUTES as CONSOLE
from daiban_server.console.templates import TEMPLATES
from daiban_server.copies.routes import copy
from daiban_server.db.database import Database, open_database
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Factory, Fetch, Program, Row
from daiban_server.evidence.routes import evidence
from daiban_server.features.affairs import listing as opinions_listed
from daiban_server.features.affairs import routes as affairs
from daiban_server.features.affairs.opinions import EFFECTS as OPINIONS
from daiban_server.features.affairs.owing import opinion_limits
from daiban_server.features.affairs.telling import EFFECTS as RESULTS
from daiban_server.features.cases import kept_routes
from daiban_server.features.cases import routes as cases
from daiban_server.features.cases.effects import EFFECTS as CASES
from daiban_server.features.catalogue.routes import CatalogueRoutes
from daiban_server.features.consents.effects import EFFECTS as CONSENTS
from daiban_server.features.deadlines import routes as limits_kept
from daiban_server.features.deadlines.keeping import EFFECTS as LIMITS
from daiban_server.features.devices import routes as devices
from daiban_server.features.erasure import erasing
from daiban_server.features.erasure import routes as erasure
from daiban_server.features.figures.effects import EFFECTS as FIGURES
from daiban_server.features.figures.routes import Figures
from daiban_server.features.households.effects import EFFECTS as HOUSEHOLDS
from daiban_server.features.households.routes import household, households, merge
from daiban_server.features.informing.effects import EFFECTS as INFORMING
from daiban_server.features.mandates.effects import EFFECTS as MANDATES
from daiban_server.features.photos import looking
from daiban_server.features.photos.receiving import Receiving
from daiban_server.features.photos.recorder import PhotoRecorder
from daiban_server.features.photos.store import LocalStore
from daiban_server.features.photos.tus import router as photo_router
from daiban_server.features.posts import closing, hiring
from daiban_server.features.posts import routes as posts
from daiban_server.features.posts.effects import EFFECTS as POSTS
from daiban_server.features.replies.effects import EFFECTS as REPLIES
from daiban_server.features.replies.routes import obligations
from daiban_server.features.tasks.effects import EFFECTS as TASKS
from daiban_server.features.tasks.routes import Tasks
from daiban_server.features.visits import calendar_routes
from daiban_server.features.visits import routes as visits
from daiban_server.features.visits.effects import EFFECTS as VISITS
from daiban_server.features.visits.planning import routes as plans
from daiban_server.http import (
    auditing,
    bundles,
    enrolment,
    gaps,
    headers,
    health,
    logs,
    records,
    session,
    spools,
    territory,
)
from daiban_server.http.bodies import readable
from daiban_server.http.budgets import PHOTOS, UNLIMITED, Budgets
from daiban_server.http.openapi import Described
from daiban_server.http.reveal import reveal
from daiban_server.http.sync import sync
from daiban_server.jobs.loop import first_watch, give_up_plans, renew_projections, replay_parked, run_jobs
from daiban_server.keystore import load_or_make
from daiban_server.logs import configure as configure_logs
from daiban_server.outbound import routes as messages
from daiban_server.outbound import sent as messages_sent
from daiban_server.outbound.port import OwnList, Webhook
from daiban_server.printing import case_routes as printing
from daiban_server.printing import wall_routes as walls
from daiban_server.printing.routes import daily_pdf
from daiban_server.serve import STOPPING, calm_collector, end_with_supervisor, few_arenas
from daiban_server.services import Services, wall_clock
from daiban_server.settings import Settings
from daiban_sync import limits

T = TypeVar("T")

# The limits come first: they alone may refuse what a case's own command has allowed.
EFFECTS = (
    LIMITS.joined(CASES)
    .joined(VISITS)
    .joined(REPLIES)
    .joined(TASKS)
    .joined(OPINIONS)
    .joined(RESULTS)
    .joined(POSTS)
    .joined(FIGURES)
    .joined(INFORMING)
    .joined(CONSENTS)
    .joined(MANDATES)
    .joined(HOUSEHOLDS)
)


API = (
    sync,
    bundles.bundles,
    *spools.ROUTES,
    *logs.ROUTES,
    enrolment.issue_code,
    enrolment.enrol,
    enrolment.enrolment_state,
    *devices.ROUTES,
    *erasure.ROUTES,
    enrolment.devices,
    enrolment.approve,
    territory.assign,
    territory.withdraw,
    gaps.close_gap,
    session_routes.sign_in,
    session_routes.give_code,
    session_routes.passkey_options,
    session_routes.show_passkey,
    session_routes.show_again,
    session_routes.sign_out,
    session_routes.own_sessions,
    session_routes.end_one,
    session_routes.end_others,
    account_routes.account,
    account_routes.change_password,
    account_routes.begin_app,
    account_routes.confirm_app,
    account_routes.remove_app,
    account_routes.new_codes,
    passkey_routes.own_passkeys,
    passkey_routes.registration,
    passkey_routes.add_passkey,
    passkey_routes.remove_passkey,
    passkey_routes.to_sign,
    passkey_routes.try_signing,
    people_routes.reset_factors,
    people_routes.allow_link,
    people_routes.remove_link,
    records.Records,
    records.conflicts,
    reveal,
    auditing.read_audit,
    cases.cases,
    cases.case,
    *kept_routes.HANDLERS,
    evidence,
    copy,
    cases.registers,
    cases.register,
    walls.wall_sheet,
    walls.badge,
    walls.duty,
    walls.results,
    walls.handover,
    walls.visit_slip,
    printing.case_papers,
    printing.case_paper,
    printing.register_pages,
    printing.office,
    printing.change_office,
    household,
    households,
    merge,
    looking.Photos,
    hiring.hire,
    hiring.new_password,
    closing.close,
    posts.people,
    posts.posts,
    posts.work,
    limits_kept.deadlines_of,
    limits_kept.open_deadlines,
    limits_kept.calendar,
    limits_kept.lay_down,
    limits_kept.take_back,
    Figures,
    daily_pdf,
    affairs.public_items,
    affairs.public_results,
    affairs.public_duty,
    affairs.public_opinion,
    affairs.look_up,
    affairs.rate,
    opinion_limits,
    opinions_listed.opinions,
    messages.messages,
    messages_sent.sent,
    messages_sent.again,
    messages_sent.told,
    messages.mark_read,
    Tasks,
    calendar_routes.issue,
    calendar_routes.revoke,
    calendar_routes.read,
    visits.offers,
    visits.let_go,
    visits.settings,
    visits.change_settings,
    plans.Plans,
    plans.week,
    plans.week_picture,
    obligations,
    CatalogueRoutes,
    health.health,
)
"""Routes that need no more than the services."""


class Wired:
    """What stands behind an application's routes: the services, what takes photos in, and how answers are dressed.
    `rounds` says whether it does the jobs by itself."""

    def __init__(self, settings: Settings, now: Callable[[], int], *, rounds: bool) -> None:
        keys = load_or_make(settings.data / "keys")
        photos = settings.data / "photos"
        photos.mkdir(mode=0o700, exist_ok=True)
        self.database, store = _Later(), LocalStore(photos)
        # Nothing that was practised goes out to anybody, whatever is set.
        sends = settings.webhook and not settings.practice
        outbound = Webhook(settings.webhook, keys.derived("webhook")) if sends else OwnList()
        self.services = Services(settings, self.database, keys, EFFECTS, store, now, outbound)
        self.services.budgets = Budgets(None if settings.budgets else UNLIMITED)
        self.services.photo_budgets = Budgets(PHOTOS if settings.budgets else UNLIMITED)
        if settings.oidc:
            self.services.provider = Provider(settings.oidc, f"{settings.web_origin}{CALLBACK}")
        recorder, secret = PhotoRecorder(self.services), keys.derived("ticket")
        self.receiving = Receiving(store, recorder, secret, now, lambda: self.services.photo_budgets)
        self.dress, self.rounds = headers.dressing(settings), rounds


def create_app(settings: Settings, now: Callable[[], int] = wall_clock, *, rounds: bool = True) -> Litestar:
    """The server for `settings`; the database is migrated and opened when the application starts. `now` gives Unix
    milliseconds. Without `rounds` whoever holds the clock does the rounds of jobs (`jobs.loop.one_round`)."""
    return wire(routed(practice=settings.practice), Wired(settings, now, rounds=rounds))


def wire(app: Litestar, wired: Wired) -> Litestar:
    """Put something behind an application that does not run, whatever stood there before."""
    app.state.wired, app.state.services, app.state.settings = wired, wired.services, wired.services.settings
    return app


def routed(*, practice: bool = False) -> Litestar:
    """All routes, with nothing behind them yet (`wire`). To register them takes a second, and they are the same for
    every server but one for `practice`."""

    def take_services() -> Services:
        services: Services = app.state.services
        return services

    def take_receiving() -> Receiving:
        receiving: Receiving = app.state.wired.receiving
        return receiving

    async def dress(message: Message, scope: Scope) -> None:
        await app.state.wired.dress(message, scope)

    app = Litestar(
        route_handlers=[*API, photo_router(take_receiving), *CONSOLE, *((PRACTICE,) if practice else ()), STATIC],
        dependencies={
            "services": Provide(take_services, sync_to_thread=False),
            "session": Provide(session.provide_session, sync_to_thread=False),
        },
        guards=[session.permitted],
        before_request=readable,
        before_send=[dress],
        exception_handlers=EITHER,
        after_exception=[recognise],
        lifespan=[_lifespan],
        openapi_config=OpenAPIConfig(title="Daiban", version="1", path="/schema", render_plugins=[Described()]),
        template_config=TEMPLATES,
        # Its own configuration would log bodies and addresses; see `logs`.
        logging_config=None,
        request_max_body_size=limits.WIRE_BYTES + 4096,
    )
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    wired: Wired = app.state.wired
    services, settings = wired.services, wired.services.settings
    with contextlib.suppress(ValueError, RuntimeError):  # not in a main thread: a test holds this server
        asyncio.get_running_loop().add_signal_handler(STOPPING, services.stopping.set)
    await asyncio.to_thread(migrate, settings.database_url)
    async with contextlib.AsyncExitStack() as running:
        wired.database.opened = await open_database(settings.database_url, durable=settings.durable)
        # A start that fails or is broken off closes it too: an open connection's thread keeps the process alive.
        running.push_async_callback(wired.database.close)
        running.push_async_callback(services.planning.close)
        await renew_projections(services)
        await replay_parked(services)
        await erasing.finish(services)
        await give_up_plans(services)
        if wired.rounds:
            await first_watch(services)
            running.push_async_callback(_called_off, asyncio.create_task(run_jobs(services)))
        yield


async def _called_off(jobs: "asyncio.Task[None]") -> None:
    jobs.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await jobs


class _Later:
    """The database, before the application has started: handlers are wired to it, and it opens with the loop."""

    opened: Database

    async def read(self, program: Program[T]) -> T:
        """As `Database.read`."""
        return await self.opened.read(program)

    async def read_shortly(self, program: Program[T]) -> T:
        """As `Database.read_shortly`."""
        return await self.opened.read_shortly(program)

    async def look(self, fetch: Fetch) -> list[Row]:
        """As `Database.look`."""
        return await self.opened.look(fetch)

    async def write(self, key: Hashable, factory: Factory[T]) -> T:
        """As `Database.write`."""
        return await self.opened.write(key, factory)

    async def forget(self) -> None:
        """As `Database.forget`."""
        await self.opened.forget()

    async def close(self) -> None:
        """As `Database.close`."""
        await self.opened.close()


def from_environment() -> Litestar:
    """The application as `granian` loads it in its worker: settings from the environment."""
    configure_logs()
    end_with_supervisor()
    few_arenas()
    app = create_app(Settings.from_environment())
    calm_collector()
    return app
