"""What a training server says while its district is being made: a page that leads on by itself."""

from typing import Any

from litestar import HttpMethod, Litestar, Response, route
from litestar.response import Template

from daiban_server.console.language import choose, listen
from daiban_server.console.pages import Asked, page
from daiban_server.console.refusing import HANDLERS
from daiban_server.console.routes import STATIC
from daiban_server.console.templates import TEMPLATES
from daiban_server.http import headers, problems
from daiban_server.http.problems import problem
from daiban_server.settings import Settings

SECONDS = 3
"""After which the page looks again."""
_EVERY = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]


@route(["/", "/{path:path}"], http_method=_EVERY, before_request=listen, exception_handlers=HANDLERS)
async def wait(request: Asked) -> Response[Any]:
    """Come again: a browser by itself, by a header that needs no script; a phone when it likes."""
    again = {"Retry-After": str(SECONDS)}
    if request.url.path.startswith("/v1/"):
        return problem(request, "server.busy", again)
    return _page({**again, "Refresh": f"{SECONDS}; url=/sign-in"})


def _page(more: dict[str, str]) -> Template:
    return page("training/waiting", {"title": "正在准备"}, 503, more)


def waiting_app(settings: Settings) -> Litestar:
    """An application that says nothing else."""
    app = Litestar(
        route_handlers=[wait, choose, STATIC],
        before_send=[headers.dressing(settings)],
        exception_handlers=problems.HANDLERS,
        openapi_config=None,
        template_config=TEMPLATES,
        logging_config=None,
    )
    app.state.settings = settings
    return app
