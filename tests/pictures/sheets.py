"""Contact sheets: many pictures beside each other, each with its name."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH = {"desk": 660, "phone": 260}
COLUMNS = {"desk": 4, "phone": 8}
TALL = {"desk": 720, "phone": 860}
GAP, HEAD = 24, 28


def sheet(folder: Path, names: Sequence[str], size: str, language: str) -> Path:
    """Lay out the pictures of one size and language; gives the file."""
    cells = [(name, folder / f"{name}-{size}-{language}.png") for name in names]
    cells = [(name, file) for name, file in cells if file.exists()]
    columns, width, tall = COLUMNS[size], WIDTH[size], TALL[size]
    rows = -(-len(cells) // columns) or 1
    whole = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (tall + HEAD + GAP) + GAP), "#777")
    pen = ImageDraw.Draw(whole)
    for at, (name, file) in enumerate(cells):
        left, top = GAP + at % columns * (width + GAP), GAP + at // columns * (tall + HEAD + GAP)
        pen.text((left, top), name, fill="white", font_size=18)
        with Image.open(file) as picture:
            small = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)))
        whole.paste(small.crop((0, 0, width, min(small.height, tall))), (left, top + HEAD))
    file = folder / f"sheet-{size}-{language}.png"
    whole.save(file)
    return file
