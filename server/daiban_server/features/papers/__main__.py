"""``python -m daiban_server.features.papers FOLDER``: a sample of each paper, as PDF and as pictures."""

import argparse
from pathlib import Path

from rich.console import Console

from .render import pictures, render
from .samples import samples


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(prog="python -m daiban_server.features.papers", description=__doc__)
    parser.add_argument("folder", type=Path, help="made where it is missing; files of the same name are replaced")
    parser.add_argument("--ppi", type=float, default=72, help="pixels per inch of the pictures (72)")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False)
    for name, document in samples():
        (given.folder / f"{name}.pdf").write_bytes(render(document))
        pages = pictures(document, ppi=given.ppi)
        for number, page in enumerate(pages, 1):
            (given.folder / f"{name}-{number}.png").write_bytes(page)
        console.print(f"{name} · {len(pages)} 页")


if __name__ == "__main__":
    main()
