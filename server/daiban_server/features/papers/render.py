"""Documents to PDF, by Typst, in one go and from data alone.

The templates are the only Typst source: what people wrote reaches them as JSON and is set as text, never read as
markup. The compiler sees no folder but the templates', and no type but Noto's.
"""

import datetime
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from .documents import Document
from .fonts import FOLDERS, characters, fonts
from .plain import plain
from .problems import PaperError

if TYPE_CHECKING:
    import typst

MOST = 200
"""Documents in one go: a few seconds and some hundred megabytes, so it wants a thread and no more than this."""
_TEMPLATES = Path(__file__).parent / "templates"


def render(document: Document, folders: Sequence[Path] = FOLDERS, *, watermark: str = "") -> bytes:
    """One document as PDF; see `render_many`."""
    return render_many([document], folders, watermark=watermark)


def render_many(
    documents: Sequence[Document],
    folders: Sequence[Path] = FOLDERS,
    *,
    through: int | None = None,
    watermark: str = "",
) -> bytes:
    """The documents as one PDF/A-2u, each with page numbers of its own: type embedded, text extractable, and the same
    bytes for the same data. The newest day of issue is the file's date. From document `through` (an index) on, up to
    the last but one, the pages are numbered through on top as well (卷内页号). A `watermark` stands across every page.

    Raises `PaperError`: papers.no_font, papers.none, papers.too_many (more than `MOST`), papers.picture, papers.code.
    """
    numbered = {} if through is None else {"through": str(through)}
    compiler = _prepared(documents, folders, {**numbered, "watermark": watermark})
    newest = max(document.issued for document in documents)
    midnight = datetime.datetime.combine(newest, datetime.time(), datetime.UTC)
    made = compiler.compile(format="pdf", pdf_standards="a-2u", timestamp=midnight)
    assert isinstance(made, bytes)
    return made


def lengths(documents: Sequence[Document], folders: Sequence[Path] = FOLDERS) -> list[int]:
    """How many pages each of the documents takes. Raises as `render_many`."""
    ends = json.loads(_prepared(documents, folders).query("<last-page>", field="value"))
    return [end - start for start, end in itertools.pairwise([0, *ends])]


def pictures(document: Document, folders: Sequence[Path] = FOLDERS, *, ppi: float = 72) -> list[bytes]:
    """One document as a PNG for each page, to be looked at. Raises as `render_many`."""
    made = _prepared([document], folders).compile(format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made or [])


def _prepared(
    documents: Sequence[Document], folders: Sequence[Path], more: Mapping[str, str] = MappingProxyType({})
) -> "typst.Compiler":
    import typst  # see `fonts`

    if not documents:
        raise PaperError("papers.none")
    if len(documents) > MOST:
        raise PaperError("papers.too_many", str(len(documents)))
    found = fonts(tuple(folders))
    known = characters(found)
    content = json.dumps([plain(document, known) for document in documents], ensure_ascii=False)
    inputs = {"documents": content, **more}
    return typst.Compiler(
        _TEMPLATES / "main.typ", root=_TEMPLATES, font_paths=found, ignore_system_fonts=True, sys_inputs=inputs
    )
