"""Debian's poppler as a reader of PDF that is not the writer's own."""

import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Font:
    """A typeface of a file: its name, and whether it is embedded, cut down to what is used, and says what its glyphs
    mean."""

    name: str
    embedded: bool
    subset: bool
    unicode: bool


class Poppler:
    """Reads PDF from memory."""

    def pages(self, pdf: bytes) -> list[str]:
        """Each page's text, in the order in which it was set, without spaces and line breaks: where a line broke is
        the paper's affair, and Chinese has no spaces."""
        pages = self._run("pdftotext", "-raw", "-", "-", pdf=pdf).split("\f")[:-1]
        return ["".join(page.split()) for page in pages]

    def lines(self, pdf: bytes) -> list[str]:
        """The lines as they stand on the paper, for what must not be broken."""
        return self._run("pdftotext", "-layout", "-", "-", pdf=pdf).splitlines()

    def text(self, pdf: bytes) -> str:
        """The text of all pages, as `pages` gives it."""
        return "".join(self.pages(pdf))

    def fonts(self, pdf: bytes) -> list[Font]:
        """The file's typefaces."""
        lines = self._run("pdffonts", "-", pdf=pdf).splitlines()[2:]
        found = [re.search(r"^(\S+) .*(yes|no) +(yes|no) +(yes|no) +\d+ +\d+$", line) for line in lines]
        assert all(found), lines
        return [Font(one[1], one[2] == "yes", one[3] == "yes", one[4] == "yes") for one in found if one]

    def sizes(self, pdf: bytes) -> list[tuple[int, int]]:
        """Width and height of each page in whole millimetres."""
        lines = re.findall(r"size: +([\d.]+) x ([\d.]+) pts", self._run("pdfinfo", "-l", "-1", "-", pdf=pdf))
        return [(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in lines]

    def _run(self, *command: str, pdf: bytes) -> str:
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture
def poppler() -> Poppler:
    """Give the reader."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed: apt-get install poppler-utils")
    return Poppler()
