"""Honest messages, and what becomes of them in bad hands. All of them were handed in before, so that none changes
anything even where it comes through whole."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from daiban_client_sdk import Client
from daiban_sync import batch, bundle, limits, sealing, spooled, wire
from daiban_sync.dictionary import DICTIONARIES, NEWEST
from daiban_sync.sealing import Purpose
from tests.photos.pictures import taken
from tests.support.raw_device import RawDevice
from tests.support.township import Township


@dataclass(frozen=True)
class Sample:
    """An honest message: where it goes, its bytes, and how its inside is closed again after somebody touched it."""

    name: str
    path: str
    inside: bytes
    close: Callable[[bytes], bytes]


def mangled(data: bytes, dice: Random) -> bytes:
    """The same bytes after one to four accidents."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(made) + 1)
        accident = dice.randrange(7)
        if accident == 0 and made:
            made[at % len(made)] ^= 1 << dice.randrange(8)
        elif accident == 1:
            made[at:at] = dice.randbytes(dice.randint(1, 40))
        elif accident == 2:
            del made[at : at + dice.randint(1, 60)]
        elif accident == 3:
            del made[at:]
        elif accident == 4:
            made[at : at + 4] = dice.choice((bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\x00\x01"))
        elif accident == 5:
            made[at : at + 1] = dice.choice((b"\x00", b"\xc3\x28", b"{" * 40, b"[" * 300, b'"', b"1e999", b"9" * 40))
        else:
            part = made[at : at + dice.randint(1, 200)]
            made[at:at] = part * dice.randint(1, 20)
    return bytes(made[: limits.WIRE_BYTES])


def deflated(frames: bytes) -> bytes:
    """Frames as a body."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zdict=DICTIONARIES[NEWEST])
    return bytes((NEWEST,)) + squeeze.compress(frames) + squeeze.flush()


def inflated(body: bytes) -> bytes:
    """A body's frames."""
    return zlib.decompressobj(-15, zdict=DICTIONARIES[body[0]]).decompress(body[1:])


async def samples(town: Township, phone: Client, raw: RawDevice, bodies: Sequence[bytes]) -> list[Sample]:
    """Honest messages of `phone` and `raw`; all of it was handed in."""
    to = next(key.public for key in town.services.keys.sealed.values())
    origin = town.services.keys.origin

    def sealed(purpose: Purpose) -> Callable[[bytes], bytes]:
        return lambda content: b"".join(sealing.seal([content], bytes([7] * 32), to, purpose))

    made = raw.seal(*bodies)
    await raw.pushed(made)
    body = wire.encode_request(wire.Hello(size=0, own=True), [batch.pack(made)])
    picture = town.folder / "p.jpg"
    picture.write_bytes(taken(1))
    home = await town.household(phone)
    await phone.attach_photo(home, picture, paper="户口簿")
    [stick] = await phone.export(town.folder / "fuzz", 10 * limits.BATCH_BYTES)
    spool = b"".join(path.read_bytes() for path in sorted((phone.device.store.folder / "spool").glob("*.spool")))
    await phone.sync()
    opening = sealing.Opening([stick.read_bytes()])
    key = town.services.keys.seal_key(opening.key_id)
    piece = b"".join(opening.content(sealing.unwrap(opening.wrapped, key, bundle.purpose(origin))))
    one = next(spooled.split(spool))
    save = sealing.open_whole(one, key, spooled.purpose(origin))
    closed = sealed(spooled.purpose(origin))
    return [
        Sample("sync, as it travels", "/v1/sync", body, lambda data: data),
        Sample("sync, its frames", "/v1/sync", inflated(body), deflated),
        Sample("bundle, as it travels", "/v1/bundles", stick.read_bytes(), lambda data: data),
        Sample("bundle, its inside", "/v1/bundles", piece, sealed(bundle.purpose(origin))),
        Sample("spool, as it travels", "/v1/spools", spool, lambda data: data),
        Sample(
            "spool, its inside",
            "/v1/spools",
            save,
            lambda data: len(made := closed(data)).to_bytes(4, "big") + made,
        ),
    ]


def pictures() -> list[bytes]:
    """Pictures to be spoilt."""
    return [taken(1), taken(2)]
