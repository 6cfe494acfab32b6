"""``daiban agent`` as a person types it, each command a process of its own."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from daiban_server.demo.photograph import photograph
from tests.support.phones import blocking_phone_in
from tests.support.township import Township


class Shell:
    """A terminal with a device."""

    def __init__(self, folder: Path, language: str = "zh_CN.UTF-8") -> None:
        self.folder = folder
        self.language = language
        self.name = ""
        self.said = ""

    async def __call__(self, *words: str, pin: str = "", typed: str = "") -> int:
        """Run ``daiban agent …``, with a PIN as programs give it, or with what is typed; gives the exit code and keeps
        what was said."""
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("daiban")),
            *("agent", "--device", str(self.folder), *(("--as", self.name) if self.name else ()), *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=os.environ | {"LC_ALL": self.language, "DAIBAN_PIN": pin},
            # Without a terminal of its own, a program asks for a PIN on its standard input.
            start_new_session=True,
        )
        output, _ = await process.communicate(typed.encode())
        self.said = output.decode()
        assert "Traceback" not in self.said
        return process.returncode or 0


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "phone")


async def enrolled(town: Township, shell: Shell) -> None:
    assert await shell("enrol", await town.code_for("王芳"), "--name", "小王的手机", "--no-pin") == 0, shell.said
    fingerprint = re.search(r"(\d{4} ){5}\d{4}", shell.said)
    assert fingerprint
    head = await town.signed_in("李红")
    (device,) = (await head.get("/v1/devices")).json()
    assert (device["name"], device["state"], device["fingerprint"]) == ("小王的手机", "pending", fingerprint[0])
    assert await shell("approval") == 0
    assert "待审核" in shell.said
    answer = await head.post(f"/v1/devices/{device['id']}/approve", json={"fingerprint": "1111 1111"})
    assert answer.json()["code"] == "fingerprint.mismatch"
    await head.post(f"/v1/devices/{device['id']}/approve", json={"fingerprint": fingerprint[0]})
    assert await shell("approval") == 0
    assert "已启用" in shell.said


async def test_a_day_at_the_command_line(sqlite_township: Township, shell: Shell, tmp_path: Path) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    assert await shell("today") == 0
    assert "今天没有上门安排" in shell.said
    assert await shell("collect", "household", f"place={town.qingshan.hex()}", "head=张桂兰", "phone=13700000000") == 0
    found = re.search(r"[0-9a-f]{32}", shell.said)
    assert found
    assert "已保存：家庭" in shell.said
    (tmp_path / "p.jpg").write_bytes(photograph(3))
    assert await shell("photo", found[0], str(tmp_path / "p.jpg"), "--paper", "居民户口簿") == 0, shell.said
    assert "照片已保存" in shell.said
    assert await shell("status") == 0
    assert "先不要交回" in shell.said
    assert await shell("sync") == 0, shell.said
    assert "全部已收讫，这台手机可以交回。" in shell.said
    assert await shell("conflicts") == 0
    assert "没有填写不一致" in shell.said


async def test_a_conflict_is_shown_with_its_authors_and_settled(sqlite_township: Township, shell: Shell) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    await shell("collect", "household", f"place={town.qingshan.hex()}", "head=张桂兰", "phone=13700000000")
    record = re.findall(r"[0-9a-f]{32}", shell.said)[0]
    await shell("sync")
    clerk = await town.signed_in("赵敏")
    seen = (await clerk.get(f"/v1/records/household/{record}")).json()["position"]
    await clerk.patch(f"/v1/records/household/{record}", json={"fields": {"phone": "0915-3210001"}, "seen": seen})
    await shell("collect", "household", "--record", record, "phone=13700000001")
    await shell("sync")
    await shell("conflicts")
    assert "“联系电话”填写不一致" in shell.said
    assert re.search(r"0915-3210001.*赵敏", shell.said)
    assert re.search(r"13700000001.*王芳", shell.said)
    assert await shell("settle", record, "phone", "13700000001") == 0
    await shell("sync")
    shown = (await clerk.get(f"/v1/records/household/{record}")).json()
    assert (shown["values"]["phone"], shown["conflicts"]) == ("13700000001", {})


async def test_mistakes_are_told_in_words_with_what_to_do(sqlite_township: Township, shell: Shell) -> None:
    assert await shell("sync") == 1
    assert "这台手机没有登记。请登记。 [device.unknown]" in shell.said
    assert await shell("enrol", "abc") == 1
    assert "[enrolment.malformed]" in shell.said
    await enrolled(sqlite_township, shell)
    assert await shell("collect", "household", "place=nowhere", "phone=12") == 1
    assert "phone  电话号码不对。请核对号码。" in shell.said
    assert await shell("collect", "household", "head") == 2
    assert "字段=值" in shell.said
    assert await shell("open-sesame") == 2


async def test_enrolling_asks_for_a_pin_and_the_store_opens_with_nothing_else(
    sqlite_township: Township, shell: Shell
) -> None:
    code = await sqlite_township.code_for("王芳")
    assert await shell("enrol", code, typed="123456\n123456\n") == 1
    assert "[pin.weak]" in shell.said
    assert await shell("enrol", code, typed="190733\n190733\n") == 0, shell.said
    assert "核对码" in shell.said
    assert "没有设PIN" not in shell.said
    assert await shell("status", pin="280951") == 1
    assert "[pin.wrong]" in shell.said
    assert await shell("status", typed="190733\n") == 0, shell.said


async def test_two_agents_on_one_phone_say_who_they_are(sqlite_township: Township, shell: Shell) -> None:
    town = sqlite_township
    assert await shell("people") == 0
    assert "还没有人登记" in shell.said
    for name, pin in (("王芳", "190733"), ("刘强", "280951")):
        assert await shell("enrol", await town.code_for(name), "--another", pin=pin) == 0, shell.said
    assert await shell("people") == 0
    assert shell.said == "刘强  建民办事处\n王芳  建民办事处\n"
    assert await shell("status", pin="190733") == 1
    assert "[phone.which]" in shell.said
    wang, liu = Shell(shell.folder), Shell(shell.folder)
    wang.name, liu.name = "王芳", "刘强"
    place = town.qingshan.hex()
    assert await wang("collect", "household", f"place={place}", "head=张桂兰", pin="190733") == 0, wang.said
    assert await wang("status", pin="280951") == 1
    assert "[pin.wrong]" in wang.said
    assert await wang("status", pin="190733") == 0
    assert "还有 1 条记录" in wang.said
    assert await liu("status", pin="280951") == 0
    assert "可以交回" in liu.said


async def test_without_a_pin_it_is_said_what_that_costs(sqlite_township: Township, shell: Shell) -> None:
    await enrolled(sqlite_township, shell)
    await shell("enrol", await sqlite_township.code_for("王芳"), "--no-pin")
    assert "[device.enrolled]" in shell.said
    other = Shell(shell.folder.with_name("other"))
    assert await other("enrol", await sqlite_township.code_for("刘强"), "--no-pin") == 0
    assert "谁拿到它，谁就能看里面的住户资料" in other.said


async def test_english_by_locale(sqlite_township: Township, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "phone", "en_GB.UTF-8")
    assert await shell("sync") == 1
    assert "Unknown device" in shell.said
    assert await shell("enrol", await sqlite_township.code_for("王芳"), "--no-pin") == 0
    assert "Enrolled. Fingerprint" in shell.said
    assert await shell("status") == 0
    assert "this phone may be given back" in shell.said


async def test_no_server_is_no_loss(sqlite_township: Township, shell: Shell, tmp_path: Path) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    await shell("collect", "household", f"place={town.qingshan.hex()}", "head=张桂兰")

    def elsewhere() -> None:
        with blocking_phone_in(shell.folder) as client:
            client.client.device.store.put("url", "http://127.0.0.1:9")

    await asyncio.to_thread(elsewhere)
    assert await shell("sync") == 1
    assert "没有丢失任何内容" in shell.said
    await shell("status")
    assert "还有 1 条记录 未收讫" in shell.said
