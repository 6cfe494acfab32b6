"""``daiban agent`` and visits: what an agent types on a day with no signal, and reads in the evening."""

import re
from pathlib import Path

import pytest

from daiban_schemas.datum import to_gcj02
from tests.cli.test_agent import Shell, enrolled
from tests.support.township import Township

HOME = {"lon": 109_020_000, "lat": 32_710_000}
ON_THE_MAP = to_gcj02(HOME)
AT = [f"{ON_THE_MAP[name] / 1e6:.6f}" for name in ("lon", "lat")]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "phone")


async def test_a_visit_is_asked_for_taken_on_and_made(sqlite_township: Township, shell: Shell) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    there = f'point={{"lon":{ON_THE_MAP["lon"]},"lat":{ON_THE_MAP["lat"]}}}'
    place = f"place={town.qingshan.hex()}"
    assert await shell("collect", "household", place, "head=张桂兰", there, "--datum", "gcj02") == 0, shell.said
    (household,) = re.findall(r"[0-9a-f]{32}", shell.said)
    assert await shell("ask-visit", household, "--purpose", "资格认证", "--at-once") == 0, shell.said
    (visit,) = re.findall(r"[0-9a-f]{32}", shell.said)
    await shell("news")
    assert "“自动安排”已记在手机上，同步后才知道结果" in shell.said
    assert await shell("sync") == 0, shell.said
    clerk = await town.signed_in("赵敏")
    assert (await clerk.get(f"/v1/records/household/{household}")).json()["values"]["point"] == HOME
    assert await shell("take-on", visit) == 0
    assert "已保存：确认" in shell.said
    assert await shell("today", "--days", "20", "--map") == 0
    assert re.search(f"张桂兰  {visit}\n    代办员已确认 · 未同步：确认\n    资格认证", shell.said)
    assert f"https://uri.amap.com/navigation?to={AT[0]},{AT[1]}&" in shell.said
    assert await shell("arrived", visit, "--at", *AT, "--datum", "gcj02") == 0, shell.said
    assert await shell("done", visit, "--outcome", "papers_missing", "--note", "缺户口簿") == 0, shell.said
    assert await shell("done", visit) == 1
    assert "[command.not_now]" in shell.said
    assert await shell("sync") == 0, shell.said
    assert (await clerk.get(f"/v1/records/visit/{visit}")).json()["status"] == "finished"
    await shell("news")
    assert [line.split("  ")[-1].split("，")[0] for line in shell.said.splitlines()][-2:] == [
        "“已到家”已记下",
        "“已办完”已记下",
    ]


async def test_another_time_is_asked_for_at_the_door(sqlite_township: Township, shell: Shell) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    await shell("collect", "household", f"place={town.qingshan.hex()}", "head=张桂兰")
    (household,) = re.findall(r"[0-9a-f]{32}", shell.said)
    await shell("ask-visit", household)
    (visit,) = re.findall(r"[0-9a-f]{32}", shell.said)
    await shell("sync")
    assert await shell("other-time", visit, "--window", "2036-01-02T11:00", "2036-01-02T09:00") == 1
    assert "windows  " in shell.said
    assert await shell("other-time", visit, "--window", "2036-01-02T09:00", "2036-01-02T11:00") == 0, shell.said
    assert await shell("nobody-home", visit, "--at", "200", "32") == 1
    assert "[value.not_point]" in shell.said
    await shell("sync")
    assert await shell("news") == 0
    assert "“住户要求改约”已记下；原来的时间已取消，等中心另约" in shell.said


async def test_a_quiet_week(sqlite_township: Township, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "phone", "en_GB.UTF-8")
    assert await shell("enrol", await sqlite_township.code_for("王芳"), "--no-pin") == 0
    assert await shell("news") == 0
    assert "Nothing became of visits" in shell.said
    assert await shell("today") == 0
    assert "No visits today." in shell.said
