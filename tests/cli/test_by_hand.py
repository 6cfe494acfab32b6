"""Work that travels on a stick, at the command line: exported here, carried in by another, its answer brought back."""

from pathlib import Path

from tests.cli.test_agent import Shell, enrolled
from tests.support.township import Township


async def test_a_stick_goes_to_the_village_point_and_comes_back(sqlite_township: Township, tmp_path: Path) -> None:
    town, phone, computer = sqlite_township, Shell(tmp_path / "phone"), Shell(tmp_path / "nobody")
    await enrolled(town, phone)
    stick = tmp_path / "stick"
    assert await phone("export", str(stick)) == 1
    assert "bundle.nothing" in phone.said
    place = town.qingshan.hex()
    assert await phone("collect", "household", f"place={place}", "head=张桂兰", "phone=13700000000") == 0, phone.said
    assert await phone("export", str(stick), "--size", "500K") == 0, phone.said
    [piece] = stick.glob("*.bundle")
    assert await computer("carry", str(piece), "--url", town.url) == 0, computer.said
    answer = piece.with_name(piece.name + ".answer")
    assert str(answer) in computer.said
    assert await phone("receive", str(answer)) == 0, phone.said
    assert "可以交回" in phone.said
    piece.write_bytes(piece.read_bytes()[:-5])
    assert await computer("carry", str(piece), "--url", town.url) == 1
    assert "seal.broken" in computer.said
    assert await phone("export", str(stick), "--size", "big") == 2
