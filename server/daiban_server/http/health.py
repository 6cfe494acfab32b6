"""Whether the server answers and its database does."""

from litestar import get
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.services import GivenServices

_ANY = select(schema.setting.c.name).limit(1)


@get("/v1/health")
async def health(services: GivenServices) -> dict[str, str]:
    """``{"status": "ok"}`` once a read of the database succeeded."""
    await services.database.read(rows(_ANY))
    return {"status": "ok"}
