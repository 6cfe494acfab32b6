"""The answer to an enrolment is lost on the link, and the head is faster than the agent's second try."""

from typing import Any

import pytest

from daiban_client_sdk import Client, enrolment
from daiban_client_sdk.errors import OfflineError, RefusedError
from tests.accounts.desk import Desk, desk_of
from tests.support.phones import phone_in
from tests.support.township import Township


async def lost(town: Township, phone: Client, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone asks, and never hears the answer."""
    asked = enrolment.enrol

    async def broken(*given: Any) -> dict[str, Any]:
        await asked(*given)
        raise OfflineError("link.lost")

    with monkeypatch.context() as link:
        link.setattr("daiban_client_sdk.client.enrolment.enrol", broken)
        with pytest.raises(OfflineError):
            await phone.enrol(code, "王芳的手机")


async def only_device(head: Desk) -> dict[str, Any]:
    [device] = await head.done("/v1/devices", "GET")
    return dict(device)


async def test_an_enrolment_whose_answer_was_lost_goes_on_after_the_approval(
    town: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, code = await desk_of(town, "李红"), await town.code_for("王芳")
    phone = await town.clients.enter_async_context(phone_in(town.folder / "phone", town.clock))
    await lost(town, phone, code, monkeypatch)
    device = await only_device(head)
    await head.done(f"/v1/devices/{device['id']}/approve", fingerprint=device["fingerprint"])
    town.clock.ahead += 16 * 60_000
    other = await town.clients.enter_async_context(phone_in(town.folder / "other", town.clock))
    with pytest.raises(RefusedError, match=r"enrolment\.code"):
        await other.enrol(code, "别人的手机")
    assert await phone.enrol(code, "王芳的手机") == device["fingerprint"]
    await town.household(phone, "张桂兰")
    assert (await phone.sync()).may_be_given_back
    assert (await only_device(head))["id"] == device["id"], "it is one device"


async def test_an_enrolment_whose_answer_was_lost_learns_that_it_was_rejected(
    town: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, code = await desk_of(town, "李红"), await town.code_for("王芳")
    phone = await town.clients.enter_async_context(phone_in(town.folder / "phone", town.clock))
    await lost(town, phone, code, monkeypatch)
    device = await only_device(head)
    await head.done(f"/v1/devices/{device['id']}/reject", reason="没有人在手机旁边")
    await phone.enrol(code, "王芳的手机")
    assert phone.device.store.get("state") == "rejected"
    await town.approve(phone, await phone.enrol(await town.code_for("王芳"), "王芳的手机"))
    await phone.sync()
