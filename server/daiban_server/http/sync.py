"""``POST /v1/sync``: one round trip of a device. Push, then pull, in one answer."""

import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, post
from msgspec import structs
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.devices import unsent
from daiban_server.features.photos import grant
from daiban_server.features.photos.tus import PATH as UPLOADS
from daiban_server.http.device import LOCKED, SignedDevice, signed_device
from daiban_server.http.problems import ProblemError
from daiban_server.keystore import ServerKeys
from daiban_server.logs import logger
from daiban_server.services import GivenServices, Services
from daiban_server.spine import handing_in, log, quarantine, restores
from daiban_server.spine.cursor import Cursor, pack_cursor, unpack_cursor
from daiban_server.spine.news import News, news
from daiban_server.spine.opening import Opened, Sender, open_batch, unsealed
from daiban_server.spine.pull import Page, Puller, pull
from daiban_server.spine.push import Known, Pushed, push
from daiban_sync import faults, note, restored, wire
from daiban_sync.errors import SyncError, WireError
from daiban_sync.frames import Frame
from daiban_sync.restored import Horizon

MEDIA_TYPE = "application/vnd.daiban.sync"
TICKETS = 20
"""Upload tickets in one answer."""
TICKET_LIFE = 3_600_000
"""Milliseconds that a ticket is good for; a newer one goes on with the same upload."""

_PHOTO = select(schema.photo_file.c.receipt).where(
    schema.photo_file.c.centre == bindparam("centre_id"),
    schema.photo_file.c.record == bindparam("record_id"),
    schema.photo_file.c.digest == bindparam("sha256"),
    schema.photo_file.c.device == bindparam("device_id"),
)

FrameList = list[tuple[int, bytes]]
_logger = logger(__name__)


@post("/v1/sync", status_code=200, media_type=MEDIA_TYPE)
async def sync(request: Request[Any, Any, Any], services: GivenServices) -> Response[bytes]:
    """Take in batches and give what changed. Answers 204 where nothing did.

    A batch whose bytes, signature or form does not hold refuses the whole request, and nothing changes. A batch that
    does not
    continue its chain is answered by a PROBLEM frame; the others are judged by themselves.
    """
    body = await request.body()
    device = await signed_device(request, body, services, locked=True)
    asked = wire.decode_request(body)
    sender = device.sender
    # What travelled was charged for before anything was read; how far it swells is only known now.
    services.budgets.charge(sender.device, services.now(), size=max(0, asked.inflated - len(body)))
    if device.state in LOCKED:
        await keep_apart(asked, device, services)
        raise ProblemError(f"device.{device.state}")
    cursor = unpack_cursor(asked.hello.cursor, sender.device, services.keys.derived("cursor"))
    custody = asked.custody
    handed_in = unsealed(asked, services.keys)
    services.budgets.charge(sender.device, services.now(), entries=sum(len(one.entries) for one in handed_in))
    opened = [open_batch(one, sender, services.keys, custody.get(one.header.sequence)) for one in handed_in]
    faults.reach("server.push.received")
    frames = await exchange(opened, device, asked.hello, cursor, services)
    if (heard := unsent.said(sender.centre, asked.hello, opened, frames or (), services.now())) is not None:
        services.unsent[sender.device] = heard
    faults.reach("server.push.before_answer")
    if frames is None:
        return Response(b"", status_code=204)
    return Response(wire.encode_answer(frames, dictionary=asked.dictionary), media_type=MEDIA_TYPE)


async def keep_apart(asked: wire.Request, device: SignedDevice, services: Services) -> None:
    """What a locked device hands in is kept, as far as it is in order, and nothing is said of it."""
    sender, code, now = device.sender, f"device.{device.state}", services.now()
    handed_in = []
    for one in unsealed(asked, services.keys):
        with contextlib.suppress(SyncError):
            handed_in.append(open_batch(one, sender, services.keys).batch)
    if handed_in:
        await services.database.write(sender.centre, lambda: quarantine.keep_all(sender, handed_in, code, now))


async def exchange(
    opened: Sequence[Opened],
    device: SignedDevice,
    hello: wire.Hello,
    cursor: Cursor,
    services: Services,
    *,
    carried: bool = False,
) -> FrameList | None:
    """Push, then answer; gives the answer's frames. What was pushed is durable then.

    Both happen in one transaction, whose connection has all pages at hand: a reader would have to fetch them anew
    after each commit. An answer that cannot be made takes no custody along: then the push is done by itself.

    What is `carried` in by somebody gets an answer that anybody may see: no page of a pull, no tickets. Batches whose
    forerunners are still on their way wait for them.
    """
    database, keys, sender = services.database, services.keys, device.sender
    pushed = Pushed()

    def pushing() -> Program[Pushed]:
        knows = Known(cursor.centre, hello.epoch, hello.size)
        done = yield from push(sender, opened, keys, services.effects, services.now(), knows, carried=carried)
        yield from hearing(done)
        return done

    def hearing(done: Pushed) -> Program[None]:
        if device.state in handing_in.LEAVERS and not carried:
            yield from handing_in.hear(sender.centre, sender.device, hello, done.problems, services.now())

    def both() -> Program[FrameList | None]:
        done = yield from pushing()
        return (yield from _answer(hello, cursor, sender, done, services, carried=carried))

    if opened:
        try:
            return await database.write(sender.centre, both)
        except SyncError:
            raise
        except Exception:
            _logger.exception("a push with its answer failed; it is tried without")
            pushed = await database.write(sender.centre, pushing)
    elif hello.fresh:
        await database.write(sender.centre, lambda: log.refresh(keys, sender.centre, services.now()))
    if not opened and not carried and device.state in handing_in.LEAVERS:
        await database.write(sender.centre, lambda: hearing(pushed))
    return await database.read_shortly(_answer(hello, cursor, sender, pushed, services, carried=carried))


def _answer(
    hello: wire.Hello, cursor: Cursor, sender: Sender, pushed: Pushed, services: Services, *, carried: bool
) -> Program[FrameList | None]:
    """The answer's frames, all read on one snapshot; None where there is nothing to say."""
    standing = yield from news(sender.centre, sender.person, sender.device)
    if standing is None:
        raise WireError("cursor.ahead", "this server has no such centre")
    restarts: list[bytes] = []
    if standing.epoch > hello.epoch:
        restarts = yield from restores.statements(sender.centre, hello.epoch)
    if restarts:
        # A restored server has forgotten positions and leaves that this device knows: it starts both anew.
        hello, cursor = structs.replace(hello, size=0), Cursor()
    page = Page(cursor)
    if not carried:
        puller = Puller(sender.device, sender.centre, sender.person, pushed.own if hello.own else {})
        page = yield from pull(puller, cursor, standing)
    frames: FrameList = [(Frame.RECEIPT, receipt) for receipt in pushed.receipts]
    frames += [wire.json_frame(Frame.OUTCOMES, outcomes) for outcomes in pushed.outcomes]
    frames += [wire.json_frame(Frame.PROBLEM, wire.Problem(*problem)) for problem in pushed.problems]
    frames += [(Frame.RESTORED, stated) for stated in restarts]
    frames += yield from _log_frames(hello, sender, pushed, standing, restarted=bool(restarts))
    frames += _horizon_frames(hello, sender, standing.reach, services.keys)
    frames += yield from _photo_frames(hello, sender, services, tickets=0 if carried else TICKETS)
    if hello.keyring < services.keys.edition:
        frames.append((Frame.KEYRING, services.keys.keyring))
    if not frames and not page.frames and page.cursor == cursor:
        return None
    packed = pack_cursor(page.cursor, sender.device, services.keys.derived("cursor"))
    head = wire.json_frame(Frame.ANSWER, wire.Answer(services.now(), packed, page.more))
    return [head, *frames, *page.frames]


def _log_frames(
    hello: wire.Hello, sender: Sender, pushed: Pushed, standing: News, *, restarted: bool
) -> Program[FrameList]:
    """The newest checkpoint, with the proof that takes the device's log to it."""
    epoch, newest = standing.epoch, standing.checkpoint
    if newest is None:
        return []
    if hello.epoch > epoch:
        raise WireError("log.ahead", f"epoch {hello.epoch} > {epoch}")
    if hello.size > newest.size:
        raise WireError("log.ahead", f"{hello.size} > {newest.size}")
    if newest.size == hello.size and not (pushed.leaves or pushed.receipts or hello.fresh):
        return []
    known = {*pushed.leaves, 0} if restarted else set(pushed.leaves)
    own = sorted(leaf for leaf in known if leaf >= hello.size)
    proof = yield from log.extension(sender.centre, epoch, hello.size, newest.size, own)
    return [(Frame.CHECKPOINT, note.pack(newest)), (Frame.PROOF, proof)]


def _horizon_frames(hello: wire.Hello, sender: Sender, reach: Horizon, keys: ServerKeys) -> FrameList:
    """How far backups reach, if the device does not know."""
    if reach.at <= hello.horizon:
        return []
    signed = restored.issue_horizon(keys.receipt, keys.origin, sender.centre, reach)
    return [(Frame.HORIZON, restored.pack_horizon(signed))]


def _photo_frames(hello: wire.Hello, sender: Sender, services: Services, *, tickets: int) -> Program[FrameList]:
    """Receipts for photos that have arrived, `tickets` at most for those that have not."""
    frames: FrameList = []
    for photo in hello.photos:
        record, digest = bytes.fromhex(photo.record), bytes.fromhex(photo.sha256)
        row = yield from first(
            _PHOTO, centre_id=sender.centre, record_id=record, sha256=digest, device_id=sender.device
        )
        if row is not None:
            frames.append((Frame.PHOTO_RECEIPT, row[0]))
        elif tickets and photo.size <= grant.MAX_BYTES:
            tickets -= 1
            expires = services.now() + TICKET_LIFE
            granted = grant.Grant(sender.centre, record, sender.device, digest, photo.size, expires)
            url = f"{UPLOADS}/{grant.issue(services.keys.derived('ticket'), granted)}"
            frames.append((Frame.TICKET, msgspec.json.encode(wire.Ticket(photo.record, photo.sha256, url, expires))))
    return frames
