"""``daiban agent rescue``: nothing stays behind because of a file that the centre refuses."""

from pathlib import Path

import pytest

from daiban_sync import spooled
from tests.accounts.desk import desk_of
from tests.cli.test_agent import Shell, enrolled
from tests.devices.signing import heads
from tests.support.township import Township


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "phone")


async def test_a_file_that_the_centre_refuses_keeps_no_other_back(sqlite_township: Township, shell: Shell) -> None:
    """A page of the phone's memory is worn out, in the middle of what it had sealed."""
    town = sqlite_township
    await enrolled(town, shell)
    head = await desk_of(town, "李红")
    place = f"place={town.qingshan.hex()}"
    assert await shell("collect", "household", place, "head=张桂兰", "phone=13700000000") == 0
    [whole] = (shell.folder / "spool").glob("*.spool")
    worn = whole.with_name(whole.name.replace("0001.spool", "0000.spool"))
    sealed = whole.read_bytes()
    worn.write_bytes(sealed[:200] + bytes(9) + sealed[209:])
    assert worn < whole, "it is tried first"
    assert await shell("rescue") == 1, shell.said
    assert "已交上 1 条记录、0 张照片" in shell.said
    assert "中心未收 1 个文件：封装文件损坏或被改动" in shell.said, shell.said
    assert worn.name in shell.said
    assert await heads(head) == {"张桂兰"}
    worn.unlink()
    assert await shell("rescue") == 0
    assert "中心未收" not in shell.said


async def test_a_file_over_whose_first_save_the_phone_died_is_no_trouble(
    sqlite_township: Township, shell: Shell
) -> None:
    town = sqlite_township
    await enrolled(town, shell)
    place = f"place={town.qingshan.hex()}"
    assert await shell("collect", "household", place, "head=张桂兰", "phone=13700000000") == 0
    [whole] = (shell.folder / "spool").glob("*.spool")
    held = whole.with_name(whole.name.replace("0001.spool", "0065.spool"))
    held.write_bytes(spooled.HELD + whole.read_bytes()[4:])
    assert await shell("rescue") == 0, shell.said
    assert "已交上 1 条记录、0 张照片" in shell.said
