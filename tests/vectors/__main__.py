"""Write ``tests/vectors/*.json`` and the worked examples of ``sync/PROTOCOL.md`` anew: ``python -m tests.vectors``."""

from pathlib import Path

from tests.vectors import files, page


def main() -> None:
    """Write what differs, and say what that was."""
    vectors = files.computed()
    wanted = {files.FOLDER / f"{name}.json": files.text(value) for name, value in vectors.items()}
    wanted[page.PAGE] = page.filled(page.PAGE.read_text(encoding="utf-8"), vectors)
    changed = [path for path, text in wanted.items() if not _stands(path, text)]
    for path in changed:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.name}")
    print(f"{len(changed)} of {len(wanted)} files changed" if changed else f"all {len(wanted)} files stand")


def _stands(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
