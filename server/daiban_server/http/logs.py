"""The centres' logs, for whoever wants to hold them against what he saw: checkpoints, proofs, the keyring.

Open to everybody: a log's leaves are hashes of salted hashes, and nothing here is about anybody.
"""

import base64
from typing import Any

from litestar import MediaType, Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.services import GivenServices
from daiban_server.spine import log
from daiban_server.witness import asking


class Proof(Struct, frozen=True):
    """RFC 9162's consistency proof from `old` to `new` leaves; hashes in base64."""

    epoch: int
    old: int
    new: int
    hashes: list[str]


@get("/v1/keyring", media_type=MediaType.JSON)
async def server_keyring(services: GivenServices) -> Response[bytes]:
    """The keyring, DSSE JSON under the root key."""
    return Response(services.keys.keyring, media_type=MediaType.JSON)


@get("/v1/logs/{centre:str}/checkpoint", media_type=MediaType.TEXT)
async def checkpoint(centre: FromPath[str], services: GivenServices) -> str:
    """The newest checkpoint, a C2SP signed note."""
    found = await services.database.read(asking.newest(checked_id(centre, "log.unknown"), services.keys))
    if found is None:
        raise ProblemError("log.unknown")
    return found


@get("/v1/logs/{centre:str}/cosigned")
async def cosigned(centre: FromPath[str], services: GivenServices) -> dict[str, str]:
    """The newest checkpoint that each witness cosigned, by its name."""
    return await services.database.read(asking.cosigned(checked_id(centre, "log.unknown")))


@get("/v1/logs/{centre:str}/consistency")
async def consistency(
    centre: FromPath[str], old: FromQuery[int], new: FromQuery[int], services: GivenServices
) -> Proof:
    """The proof that the log of `old` leaves is a prefix of that of `new`."""
    id_ = checked_id(centre, "log.unknown")
    standing = await services.database.read(log.standing(id_))
    if standing is None or standing.checkpoint is None or not 0 < old <= new <= standing.checkpoint.size:
        raise ProblemError("log.unknown")
    hashes = await services.database.read(asking.consistency(id_, standing.epoch, old, new))
    return Proof(standing.epoch, old, new, [base64.b64encode(one).decode() for one in hashes])


ROUTES: list[Any] = [server_keyring, checkpoint, cosigned, consistency]
