"""The bench of pages still finds its way, in a year of a few dozen cases and in that year grown: of a few pages, since
`make pictures` goes to all of them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from daiban_server.demo.year.command import demo_year
from tests.bench import grown, pages
from tests.bench.run import Run
from tests.pictures.pages import SHOTS

CASES, HOMES = 200, 100
SOME = [shot for shot in SHOTS if shot.name in ("lost", "today-clerk", "cases")]


@pytest.mark.slow
def test_every_page_gets_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    year = tmp_path / "year"
    made = CliRunner().invoke(demo_year, [str(year), "--centres", "2", "--share", "0.1"], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    monkeypatch.setattr(pages, "year", lambda: year)
    monkeypatch.setattr(pages, "SHOTS", SOME)
    monkeypatch.setattr(pages, "CASES", CASES)
    for module in (pages, grown):
        monkeypatch.setattr(module, "UNFOLLOWED", HOMES)
    with Run(repeats=1) as run:
        lines = [figure.name for figure in pages.figures(run)]
    small, large = ([f"{shot.name}, {of}" for shot in SOME] for of in ("a year of the demo", f"{CASES} cases"))
    assert lines == [*small, f"first search after {HOMES} new households", *large]
