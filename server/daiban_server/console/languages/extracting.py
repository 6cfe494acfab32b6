"""Keeps the catalogues up with what the console says.

What is said stands in the templates, in string literals of the console's own modules, and in the words that the kinds
and their neighbours give to things.
"""

import ast
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import CHANNELS, ITEM_TYPES, MODES, MONTHS, PAPER_FORMS, RATINGS, SOURCES, WEEKDAYS
from daiban_server.audit import ACTS
from daiban_server.console.languages.marking import texts
from daiban_server.console.languages.spoken import CHINESE, FOLDER, LANGUAGES, WRITTEN
from daiban_server.features.affairs import looking_up
from daiban_server.features.affairs.board import RESULTS
from daiban_server.features.cases import kept
from daiban_server.features.figures.assessment import STANDARD
from daiban_server.features.figures.catalogue import FIGURES
from daiban_server.features.figures.counting import RATIOS
from daiban_server.features.figures.gathering import UNNAMED
from daiban_server.features.visits.plan.reasons import REASONS as UNSERVED
from daiban_server.features.visits.planning import diff_picture, words
from daiban_server.features.visits.planning.words import LEFT
from daiban_server.features.visits.planning.words import WORDS as CHANGES
from daiban_server.limits.sentences import LABELS as LIMITS
from daiban_server.reasons import REASONS
from daiban_server.registers import KINSHIP, OPINIONS, VISITORS

CONSOLE = FOLDER.parent
_PATTERN = re.compile(r"\\|\(\?|\[\^")
"""What only a regular expression has."""
_TABLES: tuple[Mapping[Any, str], ...] = (
    *(MODES, SOURCES, CHANNELS, ITEM_TYPES, PAPER_FORMS, RATINGS, ACTS, REASONS),
    *(LIMITS, UNNAMED, RESULTS, CHANGES, LEFT, UNSERVED),
    kept.NAMES,
)
"""Words that other parts of the server give to codes, and the console shows."""
_UNTOLD = re.compile(rb'"([\w-]+-(Date|Version|To|Translator|Team|By)):')
"""Lines of a catalogue's head that would change with the day and the machine, or say nothing."""


def said() -> dict[str, str]:
    """Every text that the console says, each with where it was found first."""
    found: dict[str, str] = {}
    for path in sorted(CONSOLE.rglob("*.html")):
        for text in texts(path.read_text("utf-8")):
            found.setdefault(text, path.relative_to(CONSOLE).as_posix())
    for path in sorted(CONSOLE.rglob("*.py")):
        for text in literals(path):
            found.setdefault(text, path.relative_to(CONSOLE).as_posix())
    for text in _names():
        found.setdefault(text, "schemas")
    return found


def literals(path: Path) -> Iterator[str]:
    """The Chinese string literals of a module that are neither docstrings nor patterns."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        quiet = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if quiet:
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and _is_said(child.value):
                yield child.value


def _is_said(text: str) -> bool:
    return WRITTEN.search(text) is not None and not _PATTERN.search(text)


def _names() -> Iterator[str]:
    for kind in KINDS.values():
        yield kind.label
        yield from (field.label for field in kind.fields.values())
        yield from kind.states.values()
        yield from (command.label for command in kind.commands.values())
        yield from (report.label for report in kind.reports.values())
    for table in _TABLES:
        yield from table.values()
    yield from (VISITORS, OPINIONS, KINSHIP, *MONTHS, *WEEKDAYS)
    for figure in FIGURES.values():
        yield from (figure.label, f"{{0}} {figure.unit}")
    yield from (ratio.label for ratio in RATIOS.values())
    yield from (part.label for part in STANDARD.parts)
    for module in (looking_up, words, diff_picture):
        yield from literals(Path(str(module.__file__)))


def read(language: str) -> Catalog:
    """A catalogue as it is kept."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """A catalogue with exactly what is said now; what has no translation yet has an empty one."""
    kept, fresh = read(language), Catalog(locale=language, header_comment="# What the console says.", fuzzy=False)
    for text, where in said().items():
        known = kept.get(text)
        fresh.add(text, known.string if known else "", auto_comments=[where])
    return fresh


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, sort_output=True, omit_header=False)
    return b"\n".join(line for line in file.getvalue().strip().split(b"\n") if not _UNTOLD.match(line)) + b"\n"


def others() -> list[str]:
    """The languages that are offered beside Chinese."""
    return [language for language in LANGUAGES if language != CHINESE]
