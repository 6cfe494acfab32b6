"""A server in which things go wrong with values at hand: ``python -m tests.privacy.noisy DATA PORT [DATABASE]`` serves
it as ``daiban serve --plain`` does, in Granian's own worker."""

import functools
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, post
from sqlalchemy import bindparam, insert

from daiban_server import app, serve
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.services import GivenServices

_BROKEN = insert(schema.setting).values(name=bindparam("planted"), value=bindparam("nothing"))


@post("/broken/statement")
async def statement(request: Request[Any, Any, Any], services: GivenServices) -> None:
    """A statement that the database refuses, with what was sent as its parameter."""
    planted = (await request.body()).decode()
    await services.database.write("broken", lambda: rows(_BROKEN, planted=planted, nothing=None))


@post("/broken/handler/{word:str}")
async def handler(request: Request[Any, Any, Any], word: str) -> None:
    """A fault of ours that has what was sent in its message, in its cause and in its arguments."""
    body = (await request.body()).decode()
    warnings.warn(body, stacklevel=1)
    logging.getLogger("somebody.elses").error("got %s", body)
    logging.getLogger("daiban_server.http").error("got %s", body)
    logging.getLogger("_granian").error(f"Starting {body}")
    try:
        raise KeyError(body)
    except KeyError as error:
        raise RuntimeError(f"{word}: {body} {request.headers}") from error


def application() -> Litestar:
    """The application with the two routes more."""
    made = app.from_environment()
    made.register(statement)
    made.register(handler)
    return made


def main() -> None:
    """Serve until killed."""
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    real = serve.Granian
    serve.Granian = functools.partial(_instead, real)  # type: ignore[misc,assignment]  # the same, of another target
    serve.serve(data, "127.0.0.1", port, f"http://127.0.0.1:{port}", *sys.argv[3:4], plain=True)


def _instead(real: Any, target: str, **given: Any) -> Any:
    return real("tests.privacy.noisy:application", **given)


if __name__ == "__main__":
    main()
