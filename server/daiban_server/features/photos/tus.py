"""tus 1.0 over HTTP: creation, creation-with-upload, checksum, expiration, termination.

There is one URL for each ticket. It is the creation URL and the upload URL at once, so every public tus
client works unchanged when it is given the ticket's URL as its endpoint. Creation may be repeated: it
answers with `Upload-Offset`, from which a client may go on. Upload-Metadata is accepted and not kept: what
is known of a photo stands in its record.
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate
from typing import Any

from litestar import Request, Response, Router, delete, head, patch, post, route
from litestar.di import NamedDependency, Provide
from litestar.enums import HttpMethod
from litestar.params import FromPath

from .grant import MAX_BYTES, Grant
from .port import CHECKSUMS, Checksum, LinkCutError
from .problems import PhotoError
from .receiving import Receiving

PATH = "/v1/photos/uploads"
VERSION = "1.0.0"
SILENCE = 15.0
"""Seconds without a byte after which a body counts as cut, so that its upload is free for the next try."""

_CONTENT_TYPE = "application/offset+octet-stream"
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}\Z")
_CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
    "Tus-Max-Size": str(MAX_BYTES),
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
}

AnyRequest = Request[Any, Any, Any]
Ticket = FromPath[str]
Desk = NamedDependency[Receiving]


def router(receiving: Callable[[], Receiving]) -> Router:
    """The routes under `PATH`, with their own answers for `PhotoError`."""
    one = "/{ticket:str}"
    return Router(
        path=PATH,
        # OPTIONS comes first: for a path that has none yet the framework makes one of its own.
        route_handlers=[
            route(["/", one], http_method=[HttpMethod.OPTIONS], status_code=204)(options),
            post(one, status_code=201)(create),
            head(one)(offset),
            patch(one, status_code=204)(append),
            delete(one, status_code=204)(terminate),
        ],
        dependencies={"receiving": Provide(receiving, sync_to_thread=False)},
        exception_handlers={PhotoError: problem},
    )


async def options() -> Response[None]:
    """What this server can do. Needs no ticket."""
    return _answer(204, _CAPABILITIES)


async def create(request: AnyRequest, ticket: Ticket, receiving: Desk) -> Response[None]:
    """Begin an upload or find it again; the answer's Upload-Offset says where to go on."""
    if method := request.headers.get("x-http-method-override"):
        named = {"PATCH": append, "HEAD": offset, "DELETE": terminate}
        if method.upper() in named:
            return await named[method.upper()](request, ticket, receiving)
    grant = _admit(request, ticket, receiving)
    length = _number(request, "Upload-Length")
    if length != grant.size:
        code = "upload.too_large" if length > grant.size else "upload.length"
        raise PhotoError(code, f"Upload-Length must be {grant.size}")
    reached = await receiving.create(grant)
    if reached == 0 and request.headers.get("content-type") == _CONTENT_TYPE:
        reached = await receiving.append(grant, 0, _body(request), _checksum(request))
    return _answer(201, {"Location": request.scope["path"], **_stands(grant, reached)})


async def offset(request: AnyRequest, ticket: Ticket, receiving: Desk) -> Response[None]:
    """Where the upload stands."""
    grant = _admit(request, ticket, receiving)
    reached = await receiving.offset(grant)
    return _answer(200, {"Upload-Length": str(grant.size), **_stands(grant, reached)})


async def append(request: AnyRequest, ticket: Ticket, receiving: Desk) -> Response[None]:
    """Add bytes at Upload-Offset. What came before a cut stays, unless Upload-Checksum was given."""
    grant = _admit(request, ticket, receiving)
    if request.headers.get("content-type") != _CONTENT_TYPE:
        raise PhotoError("upload.type", f"Content-Type must be {_CONTENT_TYPE}")
    start = _number(request, "Upload-Offset")
    if "content-length" in request.headers and start + _number(request, "Content-Length") > grant.size:
        raise PhotoError("upload.too_large", f"the upload has {grant.size} bytes")
    reached = await receiving.append(grant, start, _body(request), _checksum(request))
    return _answer(204, _stands(grant, reached))


async def terminate(request: AnyRequest, ticket: Ticket, receiving: Desk) -> Response[None]:
    """Forget a partial upload. A finished photo stays."""
    await receiving.terminate(_admit(request, ticket, receiving))
    return _answer(204, {})


def problem(request: AnyRequest, error: PhotoError) -> Response[dict[str, Any] | None]:
    """RFC 9457 problem details, with a stable `code` and `advice` for a person."""
    status, title, advice, *_ = error.problem
    content = {
        "type": f"urn:daiban:problem:{error.code}",
        "title": title,
        "status": status,
        "code": error.code,
        "detail": error.detail,
        "advice": advice,
    }
    return Response(
        None if request.method == "HEAD" else content,
        status_code=status,
        media_type="application/problem+json",
        headers={"Tus-Resumable": VERSION, "Tus-Version": VERSION, "Cache-Control": "no-store"},
    )


def _admit(request: AnyRequest, ticket: str, receiving: Receiving) -> Grant:
    if request.headers.get("tus-resumable") != VERSION:
        raise PhotoError("upload.version", f"Tus-Resumable must be {VERSION}")
    return receiving.admit(ticket)


def _answer(status: int, headers: dict[str, str]) -> Response[None]:
    always = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    return Response(None, status_code=status, headers={**always, **headers})


def _stands(grant: Grant, offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Expires": formatdate(grant.expires / 1000, usegmt=True)}


def _number(request: AnyRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not _WHOLE_NUMBER.match(text):
        raise PhotoError("upload.header", f"{name} must be a whole number")
    return int(text)


def _checksum(request: AnyRequest) -> Checksum | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise PhotoError("upload.algorithm", f"one of {', '.join(CHECKSUMS)}")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != CHECKSUMS[algorithm]:
        raise PhotoError("upload.header", "Upload-Checksum must be an algorithm, a space and base64")
    return Checksum(algorithm, digest)


async def _body(request: AnyRequest) -> AsyncIterator[bytes]:
    """The body as it comes; `LinkCutError` if the link breaks or falls silent before its end."""
    more = True
    while more:
        try:
            # Not wait_for, which makes a task for each of the many blocks that a photo comes in.
            async with asyncio.timeout(SILENCE):
                event = await request.receive()
        except TimeoutError:
            raise LinkCutError from None
        if event["type"] != "http.request":
            raise LinkCutError
        more = event.get("more_body", False)
        if event.get("body"):
            yield event["body"]
