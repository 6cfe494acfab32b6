"""The console's pages."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, Router
from litestar.exceptions import InternalServerException
from litestar.static_files import create_static_files_router

from daiban_server.console import (
    account,
    auditing,
    carried,
    copies,
    disputes,
    door,
    erasures,
    helping,
    people,
    provider,
    registers,
    revealing,
    steps,
    summary,
    trust,
)
from daiban_server.console.calendar import page as calendar
from daiban_server.console.cases import keeping, listed, photos
from daiban_server.console.cases import one as one_case
from daiban_server.console.catalogue import changing, item
from daiban_server.console.catalogue import listing as catalogue
from daiban_server.console.devices import apart, listing, lost, one
from daiban_server.console.feedback import page as feedback
from daiban_server.console.figures import assessed, counted
from daiban_server.console.figures import page as figures
from daiban_server.console.households import duplicates, merging
from daiban_server.console.households import one as one_household
from daiban_server.console.language import choose, listen
from daiban_server.console.live import live
from daiban_server.console.messages import page as messages
from daiban_server.console.openly import hall, resident
from daiban_server.console.pages import STATIC_HEADERS, dressed
from daiban_server.console.posts import changing as posting
from daiban_server.console.posts import reading as posts
from daiban_server.console.reception import scans, taking, who
from daiban_server.console.refusing import HANDLERS
from daiban_server.console.replies import listed as listed_replies
from daiban_server.console.replies import writing
from daiban_server.console.settings import page as settings
from daiban_server.console.staff import changing as staff_changing
from daiban_server.console.staff import one as staff_one
from daiban_server.console.tasks import page as tasks
from daiban_server.console.training import door as training_door
from daiban_server.console.training import page as training
from daiban_server.console.visits import away, board, booking, leave, plans
from daiban_server.console.visits import map as visit_map
from daiban_server.console.visits import one as one_visit
from daiban_server.http.problems import problem

AnyRequest = Request[Any, Any, Any]

ROUTES: list[Router] = [
    Router(
        path="/",
        route_handlers=[
            choose,
            door.entrance,
            door.sign_in_page,
            door.sign_in,
            door.sign_out,
            steps.code_page,
            steps.give_code,
            steps.first_password,
            steps.own_password,
            steps.first_factor,
            *account.HANDLERS,
            provider.to_provider,
            provider.back,
            provider.link,
            provider.unlink,
            people.people,
            staff_one.one,
            *staff_changing.HANDLERS,
            *settings.HANDLERS,
            *calendar.HANDLERS,
            *posts.HANDLERS,
            *posting.HANDLERS,
            people.reset_factor,
            people.allow,
            people.new_password,
            summary.summary,
            helping.helps,
            live,
            who.receive,
            who.items,
            taking.asking,
            taking.take,
            scans.add,
            disputes.settled,
            *tasks.HANDLERS,
            *messages.HANDLERS,
            *feedback.HANDLERS,
            listing.devices,
            listing.new_code,
            *one.HANDLERS,
            *apart.HANDLERS,
            lost.lost,
            hall.halls,
            hall.hall,
            hall.worker,
            *resident.HANDLERS,
            carried.hand_in_page,
            carried.hand_in,
            *erasures.HANDLERS,
            *copies.HANDLERS,
            *registers.HANDLERS,
            *listed.HANDLERS,
            *keeping.HANDLERS,
            *photos.HANDLERS,
            *one_case.HANDLERS,
            listed_replies.replies,
            one_household.household,
            duplicates.duplicates,
            *merging.HANDLERS,
            writing.reply,
            *trust.HANDLERS,
            figures.figures,
            counted.counted,
            assessed.assessed,
            assessed.weigh,
            *board.HANDLERS,
            *booking.HANDLERS,
            *visit_map.HANDLERS,
            *plans.HANDLERS,
            *away.HANDLERS,
            *leave.HANDLERS,
            *one_visit.HANDLERS,
            catalogue.catalogue,
            item.item,
            *changing.HANDLERS,
            revealing.ask,
            revealing.reveal,
            auditing.audit_page,
        ],
        before_request=listen,
        exception_handlers=HANDLERS,
        include_in_schema=False,
    )
]

PRACTICE = Router(
    path="/",
    route_handlers=[training_door.enter, training.exercises, training.ask_again, training.begin_again],
    before_request=listen,
    exception_handlers=HANDLERS,
    include_in_schema=False,
)
"""What only a training server has: it lets everybody in."""


def _no_such_file(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A name that no file system takes (NUL, too long) is a file that is not there."""
    return problem(request, "request.not_found")


STATIC = create_static_files_router(
    path="/static",
    directories=[Path(__file__).parent / "static"],
    after_request=dressed(STATIC_HEADERS),
    exception_handlers={ValueError: _no_such_file, InternalServerException: _no_such_file},
)
