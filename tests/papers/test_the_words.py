"""Papers and limits are called what the field calls them."""

import re
from pathlib import Path

import pytest

import daiban_client_sdk
import daiban_server
from daiban_schemas.glossary import NEVER, WORDS
from daiban_server import console
from daiban_server.features import papers
from daiban_server.limits.sentences import LABELS
from tests.papers import SAMPLES

NAMED_BEFORE = re.compile(r"(?:#day\([a-z.]+\)|日|\{until\} ?)前(?:补|答复|办结|送达)")
"""「某日前」: it may be read without that day, which belongs to the limit."""
TITLED = (
    *("receipt of papers", "acceptance notice", "non-acceptance notice", "one-time notice", "mandate"),
    *("acknowledgement of delivery", "work order", "daily report", "item guide", "public notice"),
    *("volume contents", "note at end of file", "acceptance register"),
)


@pytest.mark.parametrize("term", TITLED)
def test_a_paper_has_the_title_that_the_field_gives_it(term: str) -> None:
    assert any(WORDS[term] in name for name in SAMPLES), WORDS[term]


def test_a_limit_is_called_what_the_item_calls_it() -> None:
    assert (LABELS["promise"], LABELS["statutory"]) == (WORDS["promised limit"], WORDS["statutory limit"])


@pytest.mark.parametrize("package", [papers, console], ids=["papers", "console"])
def test_no_paper_and_no_page_has_a_word_that_is_not_used(package: object) -> None:
    (folder,) = package.__path__  # type: ignore[attr-defined] # a package
    files = [path for ending in ("*.typ", "*.html", "*.py") for path in Path(folder).rglob(ending)]
    # What says stored sentences again in another language has to know how they were written.
    files = [path for path in files if path.name != "retelling.py"]
    assert files
    assert [path.name for path in files if any(word in path.read_text() for word in NEVER)] == []


@pytest.mark.parametrize("package", [daiban_client_sdk, daiban_server], ids=["sdk", "server"])
def test_a_last_day_is_told_as_the_last_day(package: object) -> None:
    (folder,) = package.__path__  # type: ignore[attr-defined] # a package
    files = [path for ending in ("*.typ", "*.html", "*.py") for path in Path(folder).rglob(ending)]
    assert files
    assert [path.name for path in files if NAMED_BEFORE.search(path.read_text())] == []
