"""The demo's photographs are worth testing with: large, located, turned, and always the same."""

import io
from datetime import datetime

from PIL import Image

from daiban_server.demo.photograph import form, photograph


def test_a_photograph_is_large_lies_on_its_side_and_knows_its_place() -> None:
    data = photograph(5, taken=datetime(2025, 11, 26, 8, 15))
    assert 2_000_000 < len(data) < 5_000_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.width * image.height >= 8_000_000
        exif = image.getexif()
        assert image.width > image.height
        assert exif[0x0112] == 6
        assert exif[0x0132] == "2025:11:26 08:15:00"
        latitude = exif.get_ifd(0x8825)[2]
    assert [float(part) for part in latitude] == [32, 41, 2.4]


def test_the_same_seed_gives_the_same_bytes_and_another_another_household() -> None:
    assert photograph(5) == photograph(5)
    assert photograph(5) != photograph(6)
    assert form(5) == form(5)
    assert form(5) != form(6)


def test_it_can_stand_and_keep_its_place_to_itself() -> None:
    with Image.open(io.BytesIO(photograph(5, place=None, lying=False))) as image:
        assert image.height > image.width
        assert not image.getexif().get_ifd(0x8825)
