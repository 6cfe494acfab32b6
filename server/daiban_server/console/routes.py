"""The console's pages."""

from pathlib import Path

from litestar import Router
from litestar.static_files import create_static_files_router

from daiban_server.console import devices, door, summary
from daiban_server.console.pages import HANDLERS, STATIC_HEADERS, dressed

ROUTES: list[Router] = [
    Router(
        path="/",
        route_handlers=[
            door.entrance,
            door.sign_in_page,
            door.sign_in,
            door.sign_out,
            summary.summary,
            summary.settle,
            summary.task_done,
            devices.devices,
            devices.new_code,
            devices.device,
            devices.approve,
        ],
        exception_handlers=HANDLERS,
        include_in_schema=False,
    )
]
STATIC = create_static_files_router(
    path="/static", directories=[Path(__file__).parent / "static"], after_request=dressed(STATIC_HEADERS)
)
