"""Photographs of papers on a table, as a village agent's phone would take them.

Drawn, not taken: no real person's papers are anywhere in this project. The same seed gives the same bytes
on the same machine. They look enough like the real thing to weigh as much, to compress as badly, to carry
a place and an orientation that must be taken off, and to be read.
"""

import io
import math
import random
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps
from PIL.ExifTags import GPS, IFD, Base

_SIZE = (2592, 3456)
"""As a person sees it, upright."""

_PAPER = (1654, 2339)
_FONTS = Path("/usr/share/fonts/opentype/noto")
_INK, _PRINT, _SEAL = (28, 44, 120), (38, 38, 42), (196, 38, 40)
_TABLES = ((126, 88, 56), (92, 70, 54), (150, 116, 78), (74, 84, 82))

_FAMILY = "王李张刘陈杨黄周吴徐孙马朱胡"
_GIVEN = "桂兰秀英建国德明玉珍永贵春梅长福正平"
_VILLAGES = ("双龙镇谢坪村三组", "茨沟镇瓦铺村一组", "谭坝镇前河村五组", "洪山镇石狮村二组", "叶坪镇双桥村四组")
_REASONS = ("常年患病，无劳动能力", "独居，子女在外务工", "腿脚不便，申请上门办理", "家中一人残疾，收入不足")


class Form(NamedTuple):
    """What is printed and written: a title, and rows of label and answer."""

    title: str
    rows: Sequence[tuple[str, str]]


def form(seed: int, title: str = "农村居民最低生活保障申请表") -> Form:
    """A filled-in form of a household that does not exist."""
    dice = random.Random(seed)  # noqa: S311  a picture, not a secret
    name = dice.choice(_FAMILY) + "".join(dice.sample(_GIVEN, 2))
    year = dice.randint(1938, 1975)
    return Form(
        title,
        [
            ("申请人", name),
            ("出生年月", f"{year}年{dice.randint(1, 12)}月"),
            ("家庭住址", dice.choice(_VILLAGES)),
            ("家庭人口", f"{dice.randint(1, 6)} 人"),
            ("联系电话", f"1390915{dice.randint(0, 9999):04}"),
            ("申请理由", dice.choice(_REASONS)),
            ("代办员", dice.choice(_FAMILY) + dice.choice(_GIVEN)),
            ("收件日期", f"2025年11月{dice.randint(1, 28)}日"),
        ],
    )


def photograph(
    seed: int,
    paper: Form | None = None,
    *,
    place: tuple[float, float] | None = (32.684, 109.029),
    taken: datetime = datetime(2025, 11, 25, 9, 30),
    lying: bool = True,
) -> bytes:
    """A JPEG of 8.96 million pixels and 2 to 5 MB: `paper`, or `form(seed)`, photographed from above.

    `place` is latitude and longitude in its EXIF, None for none. `lying` is what phones do: the pixels lie
    on their side and the EXIF orientation says to turn them; otherwise they stand.
    """
    dice = random.Random(seed)  # noqa: S311  a picture, not a secret
    picture = _table(dice)
    _lay(picture, _sheet(paper or form(seed), dice), dice)
    picture = _noisy(ImageChops.multiply(picture, _light(dice)), dice)
    if lying:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, exif=_exif(place, taken, 6 if lying else 1))
    return file.getvalue()


def _sheet(paper: Form, dice: random.Random) -> Image.Image:
    """The paper itself, flat: printed, written on, sealed and once folded."""
    sheet = Image.new("RGB", _PAPER, (243, 240, 231))
    pen = ImageDraw.Draw(sheet)
    width, height = _PAPER
    fold = height // 2 + dice.randint(-20, 20)
    pen.line((0, fold, width, fold), (226, 222, 212), 5)
    pen.line((0, fold + 5, width, fold + 5), (252, 250, 244), 4)
    pen.text((width / 2, 190), paper.title, _PRINT, _font("NotoSansCJK-Bold.ttc", 76), anchor="mm")
    pen.text(
        (150, 275), f"编号：汉便民〔2025〕{dice.randint(100, 999)}号", _PRINT, _font("NotoSansCJK-Regular.ttc", 36)
    )
    top, row_height, split = 350, 148, 500
    for index, (label, answer) in enumerate(paper.rows):
        y = top + index * row_height
        pen.rectangle((150, y, width - 150, y + row_height), outline=_PRINT, width=3)
        pen.line((split, y, split, y + row_height), _PRINT, 3)
        pen.text((325, y + row_height / 2), label, _PRINT, _font("NotoSansCJK-Regular.ttc", 50), anchor="mm")
        _write(sheet, (split + 40, y + row_height // 2), answer, dice)
    y = top + len(paper.rows) * row_height + 60
    for line in ("本人声明以上内容属实，并委托代办员代为递交材料。", "代办不收费。如需补正，请在一个工作日内告知。"):
        pen.text((150, y), line, _PRINT, _font("NotoSerifCJK-Regular.ttc", 46))
        y += 84
    pen.text((150, y + 60), "申请人签名：", _PRINT, _font("NotoSerifCJK-Regular.ttc", 50))
    _write(sheet, (450, y + 90), dict(paper.rows).get("申请人", ""), dice)
    _stamp(sheet, (width - 460, y + 40), dice)
    return sheet


def _write(sheet: Image.Image, at: tuple[int, int], text: str, dice: random.Random) -> None:
    """By hand: each character a little turned, moved and resized."""
    x, middle = at
    for character in text:
        size = dice.randint(56, 64)
        stamp = Image.new("L", (size * 2, size * 2))
        font = _font("NotoSerifCJK-Regular.ttc", size)
        ImageDraw.Draw(stamp).text((size, size), character, 225, font, anchor="mm")
        stamp = stamp.rotate(dice.uniform(-7, 7), Image.Resampling.BILINEAR)
        sheet.paste(_INK, (x - size // 2, middle - size + dice.randint(-6, 6)), stamp)
        x += round(font.getlength(character)) + dice.randint(0, 5)


def _stamp(sheet: Image.Image, at: tuple[int, int], dice: random.Random) -> None:
    """The centre's round seal: red, pressed unevenly, a little askew."""
    side, ink = 380, 215
    seal = Image.new("L", (side, side))
    pen = ImageDraw.Draw(seal)
    pen.ellipse((6, 6, side - 6, side - 6), outline=ink, width=11)
    points = [(math.sin(turn * math.pi / 5), -math.cos(turn * math.pi / 5)) for turn in range(10)]
    reach = [62 if turn % 2 == 0 else 24 for turn in range(10)]
    centre = side / 2
    star = [(centre + far * x, centre + far * y) for far, (x, y) in zip(reach, points, strict=True)]
    pen.polygon(star, fill=ink)
    words = "双龙镇便民服务中心"
    for index, character in enumerate(words):
        turn = -120 + 240 * index / (len(words) - 1)
        layer = Image.new("L", (side, side))
        font = _font("NotoSerifCJK-Bold.ttc", 50)
        ImageDraw.Draw(layer).text((centre, 48), character, ink, font, anchor="mm")
        seal = ImageChops.lighter(seal, layer.rotate(-turn, Image.Resampling.BILINEAR))
    worn = Image.frombytes("L", (40, 40), dice.randbytes(1600)).point(lambda grey: 150 + grey * 105 // 255)
    seal = ImageChops.multiply(seal, worn.resize((side, side), Image.Resampling.BICUBIC))
    sheet.paste(_SEAL, at, seal.rotate(dice.uniform(-15, 15), Image.Resampling.BILINEAR))


def _table(dice: random.Random) -> Image.Image:
    """Boards with their grain, which runs across the picture."""
    dark = dice.choice(_TABLES)
    light = tuple(min(255, round(part * 1.35)) for part in dark)
    grain = Image.frombytes("L", (5, 430), dice.randbytes(5 * 430)).resize(_SIZE, Image.Resampling.BILINEAR)
    streaks = Image.frombytes("L", (3, 60), dice.randbytes(180)).resize(_SIZE, Image.Resampling.BICUBIC)
    table = ImageOps.colorize(Image.blend(grain, streaks, 0.55), dark, light)
    pen = ImageDraw.Draw(table)
    gap = dice.randint(150, 900)
    while gap < _SIZE[1]:
        pen.line((0, gap, _SIZE[0], gap + dice.randint(-6, 6)), tuple(part // 3 for part in dark), 9)
        gap += dice.randint(760, 900)
    return table


def _lay(picture: Image.Image, sheet: Image.Image, dice: random.Random) -> None:
    """Put the sheet on the table as the lens sees it, not quite straight, with its shadow."""
    width, height = _SIZE
    margin, lean = width * 0.09, dice.uniform(-0.022, 0.022) * width

    def near(x: float, y: float) -> tuple[float, float]:
        return x + dice.uniform(-40, 40), y + dice.uniform(-40, 40)

    narrow = width * 0.035  # the far edge looks shorter
    corners = [
        near(margin + narrow + lean, height * 0.08 - lean),
        near(width - margin - narrow + lean, height * 0.08 + lean),
        near(width - margin - lean, height * 0.93 + lean),
        near(margin - lean, height * 0.93 - lean),
    ]
    shadow = Image.new("L", (width // 8, height // 8))
    ImageDraw.Draw(shadow).polygon([((x + 34) / 8, (y + 42) / 8) for x, y in corners], fill=150)
    shadow = shadow.filter(ImageFilter.GaussianBlur(4)).resize(_SIZE, Image.Resampling.BILINEAR)
    picture.paste((18, 14, 12), (0, 0), shadow)
    # Drawn at half size, so that the paper's edge is as soft as a lens makes it.
    mask = Image.new("L", (width // 2, height // 2))
    ImageDraw.Draw(mask).polygon([(x / 2, y / 2) for x, y in corners], fill=255)
    mask = mask.resize(_SIZE, Image.Resampling.BILINEAR)
    seen = sheet.transform(
        _SIZE, Image.Transform.PERSPECTIVE, _perspective(corners, sheet.size), Image.Resampling.BILINEAR
    )
    picture.paste(seen, (0, 0), mask)


def _perspective(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """Pillow's eight coefficients, from the four corners in the picture to those of a sheet of `size`."""
    width, height = size
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):  # Gauss and Jordan
        best = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


def _light(dice: random.Random) -> Image.Image:
    """A window on one side, and a lens that darkens towards the corners."""
    side = Image.linear_gradient("L").rotate(dice.choice((90, 180, 270))).point(lambda grey: 205 + grey * 50 // 255)
    lens = Image.radial_gradient("L").point(lambda grey: 255 - grey * 50 // 255)
    warmth = Image.merge(
        "RGB",
        [
            ImageChops.multiply(side, lens).point([round(i * part) for i in range(256)])
            for part in (1.0, 0.975, dice.uniform(0.90, 0.95))
        ],
    )
    return warmth.resize(_SIZE, Image.Resampling.BILINEAR)


def _noisy(picture: Image.Image, dice: random.Random) -> Image.Image:
    """A cheap sensor's grain: the mean of two random bytes, so that most of it is faint."""
    width, height = _SIZE
    first, second = (Image.frombytes("L", _SIZE, dice.randbytes(width * height)) for _ in range(2))
    grain = Image.blend(first, second, 0.5).point([round((value - 128) * 0.13) + 128 for value in range(256)])
    return ImageChops.add(picture, Image.merge("RGB", [grain] * 3), offset=-128)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A Chinese font where it is installed; else Pillow's own, which draws boxes for Han."""
    path = _FONTS / name
    return ImageFont.truetype(path, size) if path.exists() else ImageFont.load_default(size)


def _exif(place: tuple[float, float] | None, taken: datetime, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make] = "Daiban"
    exif[Base.Model] = "demo camera"
    exif[Base.Orientation] = orientation
    exif[Base.DateTime] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    if place is not None:
        north, east = place
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: _degrees(north),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: _degrees(east),
            }
        )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(value * 3600, 2), 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, seconds
