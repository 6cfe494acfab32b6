"""A clerk with a passkey, who signs what he adopts."""

from typing import Any

from tests.accounts.authenticator import Authenticator
from tests.accounts.desk import Desk, desk_of
from tests.support.township import Township


async def with_passkey(town: Township, name: str) -> tuple[Desk, Authenticator]:
    desk, key = await desk_of(town, name), Authenticator(town.url)
    options = await desk.done("/v1/passkeys/registration")
    await desk.done("/v1/passkeys", credential=key.made(options), name="窗口电脑")
    return desk, key


async def signed(desk: Desk, key: Authenticator, path: str, numbers: list[int]) -> dict[str, Any]:
    """The browser's answer for a choice."""
    told = await desk.done(f"{path}/signing", reason="看过", numbers=numbers)
    return key.shown(await desk.done("/v1/passkeys/signing", purpose=told["purpose"], digest=told["digest"]))


async def heads(desk: Desk) -> set[str]:
    return {one["values"]["head"] for one in await desk.done("/v1/records/household", "GET")}
