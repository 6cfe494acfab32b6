"""The catalogue over HTTP: read it, take it out as workbooks, put a changed one in force."""

import asyncio
import datetime
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.check import canonical
from daiban_server.features.catalogue.difference import Change
from daiban_server.features.catalogue.editions import (
    Edition,
    Plan,
    Publisher,
    Standing,
    planned,
    publish,
    replaced,
    standing,
)
from daiban_server.features.catalogue.faults import FaultyError, WorkbookError
from daiban_server.features.catalogue.opened import FILE_BYTES
from daiban_server.features.catalogue.workbook_in import read_catalogue
from daiban_server.features.catalogue.workbook_out import MEDIA_TYPE, write_catalogue
from daiban_server.features.catalogue.xlsform_in import read_form
from daiban_server.features.catalogue.xlsform_out import write_form
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices, Services
from daiban_server.spine.refusal import Refusal

T = TypeVar("T")

GRACE = 30
"""Days for which drafts on a replaced edition may still be submitted, unless the publisher names a day."""


class DifferenceOut(Struct, frozen=True):
    """A field that differs, and in words how."""

    field: str
    label: str
    text: str


class ChangeOut(Struct, frozen=True):
    """What becomes of one item or window: ``added``, ``changed``, ``ended`` or ``unchanged``."""

    kind: str
    code: str
    name: str
    what: str
    differences: list[DifferenceOut]


class ImportOut(Struct, frozen=True):
    """What an upload changes; `published` is false for a dry run. `usable_until` is the last day of the editions that
    it replaces or ends."""

    published: bool
    usable_until: str
    added: int
    changed: int
    ended: int
    unchanged: int
    changes: list[ChangeOut]


class ItemOut(Struct, frozen=True):
    """An item's edition in force with its record, which an application names."""

    record: str
    code: str
    edition: int
    published_on: str | None
    fields: dict[str, Any]


class WindowOut(Struct, frozen=True):
    """A window with its items in order. `fields` is empty for a name that only items have."""

    name: str
    fields: dict[str, Any]
    items: list[ItemOut]


class How(NamedTuple):
    """How an upload is obeyed. `usable_until` is a day, or "" for `GRACE` days from now; `ends` is how many items and
    windows the upload ends, as its dry run told."""

    dry_run: bool
    usable_until: str
    ends: int


class CatalogueRoutes(Controller):
    """The district's catalogue. Files come and go as the body, with their own media type."""

    path = "/v1/catalogue"

    @get("/", opt={"action": "catalogue.read"})
    async def read(self, services: GivenServices) -> list[WindowOut]:
        """The items in force, by window."""
        return _windows(await services.database.read(standing()))

    @get("/export.xlsx", opt={"action": "catalogue.read"}, media_type=MEDIA_TYPE)
    async def export(self, services: GivenServices) -> Response[bytes]:
        """The catalogue in force as a workbook that can be imported."""
        stands = await services.database.read(standing())
        mark = services.settings.watermark
        book = await asyncio.to_thread(write_catalogue, stands.catalogue, stands.centres, mark)
        return _file(book, "catalogue.xlsx", mark)

    @post("/import", opt={"action": "catalogue.change"}, status_code=200, request_max_body_size=FILE_BYTES)
    async def take(
        self,
        request: Request[Any, Any, Any],
        session: GivenSession,
        services: GivenServices,
        dry_run: FromQuery[bool] = True,
        usable_until: FromQuery[str] = "",
        ends: FromQuery[int] = 0,
    ) -> ImportOut:
        """Put the catalogue of a workbook in the place of the one in force; a dry run only tells what would change.
        What the workbook leaves out ends, where `ends` says how many those are."""
        data = await _body(request)
        stands = await services.database.read(standing())
        based = stands.catalogue.based
        wanted = await looked_into(lambda: read_catalogue(data, stands.centres, based))
        return await _publish(wanted, stands, How(dry_run, usable_until, ends), session, services)

    @get("/items/{code:str}/form.xlsx", opt={"action": "catalogue.read"}, media_type=MEDIA_TYPE)
    async def form(self, code: FromPath[str], services: GivenServices) -> Response[bytes]:
        """An item's form as an XLSForm."""
        edition = in_force(await services.database.read(standing()), code)
        item = canonical(edition.values)
        form, name, mark = item.get("form", []), item.get("name", ""), services.settings.watermark
        book = await asyncio.to_thread(write_form, form, name, code, edition.number, mark)
        return _file(book, f"form-{edition.record[:8]}.xlsx", mark)

    @post(
        "/items/{code:str}/form", opt={"action": "catalogue.change"}, status_code=200, request_max_body_size=FILE_BYTES
    )
    async def take_form(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        session: GivenSession,
        services: GivenServices,
        dry_run: FromQuery[bool] = True,
        usable_until: FromQuery[str] = "",
    ) -> ImportOut:
        """Publish an item anew with the form of an XLSForm."""
        data = await _body(request)
        stands = await services.database.read(standing())
        edition = in_force(stands, code)
        form = await looked_into(lambda: read_form(data, code, edition.number))
        wanted = replaced(stands.catalogue, [canonical({**edition.values, "form": form})])
        return await _publish(wanted, stands, How(dry_run, usable_until, 0), session, services)


async def _body(request: Request[Any, Any, Any]) -> bytes:
    """The file. One that says beforehand that it is too large is not read."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > FILE_BYTES:
        raise ProblemError("workbook.too_large")
    return await request.body()


async def looked_into(read: Callable[[], T]) -> T:
    """Read a file on a thread of its own; what is wrong with it is answered with every place."""
    try:
        return await asyncio.to_thread(read)
    except WorkbookError as error:
        raise ProblemError(error.code) from None
    except FaultyError as error:
        raise ProblemError("catalogue.faulty", errors=[fault.told() for fault in error.faults]) from None


async def _publish(wanted: Catalogue, stands: Standing, how: How, session: SignedIn, services: Services) -> ImportOut:
    now = services.now()
    today = local_day(now)
    until = _day(how.usable_until) if how.usable_until else (today + datetime.timedelta(days=GRACE)).isoformat()
    plan = Plan(wanted, until, today.isoformat(), how.ends)
    publisher = Publisher(session.clerk, services.keys, services.effects, now, secrets.token_bytes(32))
    try:
        changes = (
            planned(plan, stands)
            if how.dry_run
            else await services.database.write(session.clerk.centre, lambda: publish(plan, publisher))
        )
    except Refusal as refusal:
        raise ProblemError(refusal.code, fields=list(refusal.fields)) from None
    return _told(changes, until, published=not how.dry_run)


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ProblemError("value.not_date", fields=["usable_until"]) from None


def _told(changes: list[Change], until: str, *, published: bool) -> ImportOut:
    count = [change.what for change in changes].count
    told = [
        ChangeOut(one.kind, one.code, one.name, one.what, [DifferenceOut(*found) for found in one.differences])
        for one in changes
    ]
    return ImportOut(published, until, count("added"), count("changed"), count("ended"), count("unchanged"), told)


def in_force(stands: Standing, code: str) -> Edition:
    edition = stands.editions.get(code)
    if edition is None or edition.ended:
        raise ProblemError("catalogue.item")
    return edition


def _windows(stands: Standing) -> list[WindowOut]:
    catalogue = stands.catalogue
    by_window: dict[str, list[ItemOut]] = {window["name"]: [] for window in catalogue.windows}
    for item in catalogue.items:
        edition = stands.editions[item["code"]]
        day = edition.values.get("published_on")
        told = ItemOut(edition.record, item["code"], edition.number, day, dict(item))
        by_window.setdefault(item.get("window", ""), []).append(told)
    fields = {window["name"]: dict(window) for window in catalogue.windows}
    return [WindowOut(name, fields.get(name, {}), items) for name, items in by_window.items()]


def _file(book: bytes, name: str, mark: str) -> Response[bytes]:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{mark}{name}')}"}
    return Response(book, media_type=MEDIA_TYPE, headers=headers)
