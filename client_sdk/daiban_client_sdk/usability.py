"""Whether a photo of a paper can be read, judged at the home, where it can be taken again.

A blurred identity card costs the agent a second trip. All is measured on a small grey copy in about 50 ms.
The bounds were set on drawn photographs blurred, darkened and shaken by known amounts, with a cheap sensor's
noise on top: a blur of three pixels of nine million passes, one of four does not.
"""

import math
from typing import NamedTuple

from PIL import Image, ImageFilter

_SMALLEST = 1200
"""Pixels of the longer side below which small print is lost."""

_SIDE = 1300
"""Longer side of the grey copy. Scaling down takes most of the sensor's noise away."""

_TILES = 8
_CONTRAST = 30
"""Grey levels between a tile's paper and ink; with less there is nothing to judge."""

_SHARPNESS = 0.2
_DARK, _WASHED, _WHITE = 90, 120, 250
_ACROSS = ImageFilter.Kernel((3, 3), (0, 0, 0, 1, -2, 1, 0, 0, 0), scale=2, offset=128)
_DOWN = ImageFilter.Kernel((3, 3), (0, 1, 0, 0, -2, 0, 0, 1, 0), scale=2, offset=128)

Box = tuple[int, int, int, int]


class Finding(NamedTuple):
    """A stable `code`, `advice` for the agent, and whether the photo should be taken again for it."""

    code: str
    advice: str
    serious: bool = True


TOO_SMALL = Finding("photo.too_small", "照片太小，字会看不清，请用普通拍照模式靠近再拍一张")
TOO_DARK = Finding("photo.too_dark", "照片太暗，请到亮处或打开灯再拍一张")
TOO_BRIGHT = Finding("photo.too_bright", "照片太亮，字被光冲淡了，请避开强光、关掉闪光灯再拍一张")
BLURRED = Finding("photo.blurred", "照片太模糊，请靠近、拿稳再拍一张")
BLANK = Finding("photo.blank", "照片上看不到字，请对准材料再拍一张")
CUT_OFF = Finding("photo.cut_off", "纸张可能没有拍全，请看四个角是否都在照片里", serious=False)


def judge(picture: Image.Image, longest: int) -> tuple[Finding, ...]:
    """What is wrong with an upright `picture`, worst first; `longest` is the longer side it was taken with.

    A photo that is too dark or too bright is not judged further.
    """
    grey = picture.convert("L")
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    histogram = grey.histogram()
    found = [TOO_SMALL] if longest < _SMALLEST else []
    if _level(histogram, 0.95) < _DARK:
        return (*found, TOO_DARK)
    if _level(histogram, 0.5) >= _WHITE and _level(histogram, 0.02) > _WASHED:
        return (*found, TOO_BRIGHT)
    sharp = _sharpness(grey)
    if sharp is None:
        found.append(BLANK)
    elif sharp < _SHARPNESS:
        found.append(BLURRED)
    if _is_cut_off(grey):
        found.append(CUT_OFF)
    return tuple(found)


def _sharpness(grey: Image.Image) -> float | None:
    """0 for fog to about 1 for print in focus; None where nothing is written.

    In each tile that holds anything the steepest second differences are compared with the tile's contrast,
    so that pale ink counts like black. Across and down are judged apart, and the worse one counts: a shaken
    photo is sharp along the shake. The quietest tiles tell how much is the sensor's noise.
    """
    boxes = _boxes(grey)
    contrasts = []
    for box in boxes:
        histogram = grey.crop(box).histogram()
        contrasts.append(_level(histogram, 0.99) - _level(histogram, 0.01))
    if max(contrasts) < _CONTRAST:
        return None
    return min(_edges(grey.filter(kernel), boxes, contrasts) for kernel in (_ACROSS, _DOWN))


def _edges(differences: Image.Image, boxes: list[Box], contrasts: list[int]) -> float:
    """The upper quartile over the tiles with contrast of edge to contrast, noise taken off."""
    steep = differences.point([2 * abs(value - 128) for value in range(256)])
    edges = [_level(steep.crop(box).histogram(), 0.99) for box in boxes]
    noise = sorted(edges)[len(edges) // 16]
    ratios = sorted(
        math.sqrt(max(0, edge**2 - noise**2)) / contrast
        for edge, contrast in zip(edges, contrasts, strict=True)
        if contrast >= _CONTRAST
    )
    return ratios[len(ratios) * 3 // 4]


def _boxes(grey: Image.Image) -> list[Box]:
    width, height = grey.size
    xs = [width * step // _TILES for step in range(_TILES + 1)]
    ys = [height * step // _TILES for step in range(_TILES + 1)]
    return [(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(_TILES) for j in range(_TILES)]


def _is_cut_off(grey: Image.Image) -> bool:
    """Whether something bright leaves the frame on one side while another side shows only the dark table.

    A paper that fills the frame, or a table as bright as paper, cannot be judged and is let pass.
    """
    small = grey.resize((64, 64), Image.Resampling.BOX)
    bound = _threshold(small.histogram())
    if bound is None:
        return False
    bright = small.point([int(value > bound) for value in range(256)])
    sides = ((0, 0, 64, 1), (0, 63, 64, 64), (0, 0, 1, 64), (63, 0, 64, 64))
    shares = [bright.crop(side).histogram()[1] / 64 for side in sides]
    return max(shares) > 0.25 and min(shares) < 0.05


def _threshold(histogram: list[int]) -> int | None:
    """Otsu's bound between dark and bright; None where the two are not 60 grey levels apart."""
    total, weighted = sum(histogram), sum(value * count for value, count in enumerate(histogram))
    best, bound, count, mass = 0.0, None, 0, 0
    for value in range(255):
        count += histogram[value]
        mass += value * histogram[value]
        if count in (0, total):
            continue
        apart = (weighted - mass) / (total - count) - mass / count
        spread = count * (total - count) * apart**2
        if spread > best:
            best, bound = spread, value if apart >= 60 else None
    return bound


def _level(histogram: list[int], share: float) -> int:
    """The grey level below or at which `share` of the pixels lie."""
    wanted, seen = share * sum(histogram), 0
    for value, count in enumerate(histogram):
        seen += count
        if seen >= wanted and seen:
            return value
    return 255
