"""Chinese type: Noto CJK, from where distributions put it, and which characters it can set."""

import struct
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .problems import PaperError

if TYPE_CHECKING:
    import typst

FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian, Ubuntu
    Path("/usr/share/fonts/noto-cjk"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-serif-cjk-fonts"),  # Fedora keeps them apart
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts"),
)
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")


@lru_cache(4)
def fonts(folders: Sequence[Path] = FOLDERS) -> "typst.Fonts":
    """The type in `folders` and no other, so that a paper looks the same on every machine. Raises `PaperError`
    (papers.no_font) unless both families are there."""
    import typst  # where a paper is set: a server that prints none goes without its 7 MB

    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders if folder.is_dir()],
    )
    if missing := [family for family in FAMILIES if family not in found.families()]:
        raise PaperError("papers.no_font", ", ".join(missing))
    return found


@lru_cache(4)
def characters(found: "typst.Fonts") -> frozenset[int]:
    """The code points that every face of the two families can set."""
    faces = {(face.path, face.index) for face in found.fonts() if face.family in FAMILIES and face.path}
    return frozenset.intersection(*(_mapped(Path(path), index) for path, index in faces))


def _mapped(file: Path, index: int) -> frozenset[int]:
    """The code points of one face's character map (OpenType `cmap`, format 12; a collection's face by `index`)."""
    data = file.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * number) for number in range(tables))
    table = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    count = struct.unpack_from(">H", data, table + 2)[0]
    maps = (table + struct.unpack_from(">4xI", data, table + 4 + 8 * number)[0] for number in range(count))
    wide = next(place for place in maps if struct.unpack_from(">H", data, place)[0] == 12)
    groups = struct.unpack_from(">I", data, wide + 12)[0]
    found: set[int] = set()
    for number in range(groups):
        first, last, _ = struct.unpack_from(">III", data, wide + 16 + 12 * number)
        found.update(range(first, last + 1))
    return frozenset(found)
