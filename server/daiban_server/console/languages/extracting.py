"""Keeps the catalogues up with what the console says.

What is said stands in the templates, in string literals of the console's own modules, and in the words that the kinds
and their neighbours give to things.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, SOURCES
from daiban_server.audit import ACTS
from daiban_server.console.languages.marking import texts
from daiban_server.console.languages.spoken import CHINESE, FOLDER, LANGUAGES, WRITTEN
from daiban_server.reasons import REASONS

CONSOLE = FOLDER.parent


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
    """The Chinese string literals of a module that are not docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        quiet = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if quiet:
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and WRITTEN.search(child.value):
                yield child.value


def _names() -> Iterator[str]:
    for kind in KINDS.values():
        yield kind.label
        yield from (field.label for field in kind.fields.values())
        yield from kind.states.values()
        yield from (command.label for command in kind.commands.values())
        yield from (report.label for report in kind.reports.values())
    for words in (MODES, SOURCES, ACTS, REASONS):
        yield from words.values()


def read(language: str) -> Catalog:
    """A catalogue as it is kept."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """A catalogue with exactly what is said now; what has no translation yet has an empty one."""
    kept, fresh = read(language), Catalog(locale=language, project="Daiban", version="1", fuzzy=False)
    for text, where in said().items():
        known = kept.get(text)
        fresh.add(text, known.string if known else "", auto_comments=[where])
    return fresh


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, sort_output=True, omit_header=False)
    return b"\n".join(line for line in file.getvalue().split(b"\n") if b"-Date:" not in line)


def others() -> list[str]:
    """The languages that are offered beside Chinese."""
    return [language for language in LANGUAGES if language != CHINESE]
