"""What was erased is not on the server's disk either."""

from pathlib import Path

from tests.erasure.test_erasing import MARKERS, erase, home, named
from tests.support.township import Township


def files(town: Township) -> bytes:
    """All bytes of the database's files as they stand while the server runs."""
    path = Path(town.services.settings.database_url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in (path, path.with_name(path.name + "-wal")) if one.exists())


async def test_neither_the_file_nor_its_log_holds_a_name_that_was_erased(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    gone = await home(town, wang)
    await wang.sync()
    for n in range(5):
        await wang.save(await wang.open(gone), {"note": f"{MARKERS[0]}第{n}次改" + "长" * 400})
        await wang.sync()
    assert set(named(files(town))) == set(MARKERS)
    assert (await erase(head, gone)).status_code == 200
    assert named(files(town)) == []
