"""A photo is made ready at the home: what leaves is the picture and nothing else, and it can be read."""

import io
from hashlib import sha256

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from daiban_client_sdk.images import ImageError, Prepared, Settings, prepare
from tests.photos.pictures import NOT_PICTURES, bomb, jpeg, png, segments, taken


def prepared(data: bytes, settings: Settings | None = None) -> Prepared:
    return prepare(io.BytesIO(data), settings)


def opened(photo: Prepared) -> Image.Image:
    return Image.open(io.BytesIO(photo.data))


@pytest.fixture(scope="module")
def photo_taken() -> bytes:
    return taken(1)


@pytest.fixture(scope="module")
def picture(photo_taken: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(photo_taken))).convert("RGB")


def test_the_place_where_a_photo_was_taken_does_not_leave_the_phone(photo_taken: bytes) -> None:
    with Image.open(io.BytesIO(photo_taken)) as original:
        assert original.getexif().get_ifd(0x8825), "the photograph has a place to begin with"
    photo = prepared(photo_taken)
    assert segments(photo.data) == {"APP0"}
    with opened(photo) as clean:
        assert not clean.getexif()
    assert photo.digest == sha256(photo.data).digest()


def test_no_metadata_of_any_kind_survives() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "胡春梅的户口簿"
    Image.new("RGB", (1300, 1300), "grey").save(
        file, "JPEG", exif=exif, comment=b"secret", xmp=b"<x:xmpmeta exif:GPSLatitude='32'/>", icc_profile=b"icc"
    )
    assert segments(file.getvalue()) == {"APP0", "APP1", "APP2", "COM"}
    assert segments(prepared(file.getvalue()).data) == {"APP0"}


# For each EXIF orientation, how the camera held the upright picture.
HELD = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", HELD)
def test_the_photo_stands_upright_however_the_phone_was_held(orientation: int) -> None:
    upright = Image.new("RGB", (400, 600), "white")
    ImageDraw.Draw(upright).rectangle((0, 0, 100, 200), fill="red")
    how = HELD[orientation]
    held = upright if how is None else upright.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    held.save(file, "JPEG", quality=95, exif=exif)

    photo = prepared(file.getvalue())
    assert (photo.width, photo.height) == (400, 600)
    with opened(photo) as seen:
        corners = [seen.getpixel(at) for at in ((20, 20), (380, 20), (20, 580), (380, 580))]
    assert [red > 200 > 2 * green for red, green, _ in corners] == [True, False, False, False]  # type: ignore[misc]


def test_the_longer_side_is_scaled_down_and_never_up(photo_taken: bytes) -> None:
    photo = prepared(photo_taken)
    assert (photo.width, photo.height) == (1950, 2600)
    assert len(photo.data) < len(photo_taken) / 2
    smaller = prepared(photo_taken, Settings(longest=1300))
    assert (smaller.width, smaller.height) == (975, 1300)
    scan = prepared(png(Image.new("RGB", (1240, 1754), "white")))
    assert (scan.width, scan.height) == (1240, 1754)


def test_the_same_photo_gives_the_same_hash_and_quality_is_a_setting(photo_taken: bytes) -> None:
    assert prepared(photo_taken).digest == prepared(photo_taken).digest
    assert len(prepared(photo_taken, Settings(quality=50)).data) < len(prepared(photo_taken).data)


def test_what_is_transparent_becomes_white() -> None:
    with opened(prepared(png(Image.new("RGBA", (100, 100), (0, 0, 0, 0))))) as seen:
        assert seen.getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("side", [8_400, 10_000, 20_000, 1_000_000])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(ImageError) as refused:
        prepared(bomb(side, side))
    assert refused.value.code == "photo.too_many_pixels"
    assert "7000 万" in refused.value.advice


@pytest.mark.parametrize("data", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
def test_what_is_no_picture_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(ImageError) as refused:
        prepared(data)
    assert refused.value.code == "photo.unreadable"
    assert "重拍" in refused.value.advice


def test_half_a_photo_is_refused(photo_taken: bytes) -> None:
    with pytest.raises(ImageError) as refused:
        prepared(photo_taken[: len(photo_taken) // 2])
    assert refused.value.code == "photo.unreadable"


def found(picture: Image.Image) -> list[str]:
    return [finding.code for finding in prepared(jpeg(picture)).findings]


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_good_photo_is_not_sent_back(seed: int) -> None:
    photo = prepared(taken(seed))
    assert photo.findings == ()
    assert photo.usable


@pytest.mark.parametrize("blur", [4, 8, 14])
def test_a_blurred_photo_is_to_be_taken_again(picture: Image.Image, blur: int) -> None:
    photo = prepared(jpeg(picture.filter(ImageFilter.GaussianBlur(blur))))
    assert [finding.code for finding in photo.findings] == ["photo.blurred"]
    assert photo.findings[0].advice == "照片太模糊，请靠近、拿稳再拍一张"
    assert not photo.usable


@pytest.mark.parametrize("along", [(9, 0), (0, 9), (20, 0)])
def test_a_shaken_photo_is_blurred_though_lines_along_the_shake_are_sharp(
    picture: Image.Image, along: tuple[float, float]
) -> None:
    assert found(picture.filter(ImageFilter.BoxBlur(along))) == ["photo.blurred"]


@pytest.mark.parametrize("blur", [1, 2])
def test_a_little_softness_is_let_pass(picture: Image.Image, blur: int) -> None:
    assert found(picture.filter(ImageFilter.GaussianBlur(blur))) == []


def lit(picture: Image.Image, gain: float) -> Image.Image:
    return picture.point([min(255, round(value * gain)) for value in range(256)] * 3)


def test_light_is_judged_by_what_it_does_to_the_writing(picture: Image.Image) -> None:
    assert found(lit(picture, 0.3)) == ["photo.too_dark"]
    assert found(lit(picture, 0.6)) == []
    assert found(lit(picture, 2)) == []
    assert found(lit(picture, 6)) == ["photo.too_bright"]


def test_a_scan_with_white_paper_is_not_too_bright() -> None:
    page = Image.new("RGB", (1654, 2339), "white")
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.rectangle((200, 150 + 50 * line, 1400, 152 + 50 * line), fill="black")
        for stroke in range(60):
            pen.rectangle((200 + 20 * stroke, 120 + 50 * line, 203 + 20 * stroke, 145 + 50 * line), fill="black")
    assert found(page) == []


def test_small_blank_and_cut_off_photos_are_told_apart(picture: Image.Image) -> None:
    assert found(picture.resize((600, 800))) == ["photo.too_small"]
    assert found(Image.new("RGB", (2000, 2000), (200, 198, 190))) == ["photo.blank"]
    for part in ((0, 900, 2592, 3456), (800, 0, 2592, 3456), (0, 0, 1800, 3456)):
        photo = prepared(jpeg(picture.crop(part)))
        assert [finding.code for finding in photo.findings] == ["photo.cut_off"]
        assert photo.usable, "a hint, not a verdict"
    assert found(picture.crop((600, 600, 2000, 2600))) == [], "a page that fills the frame"
