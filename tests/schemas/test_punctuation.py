"""Chinese is set with Chinese signs, wherever somebody reads it: page, paper, message, shell."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NARROW = re.compile(r"[\u4e00-\u9fff」”）][,;:?!](?=[\u4e00-\u9fff「“（])")
THE_WIRES = "sync/daiban_sync/dictionary.py"
"""What bodies are compressed with: it stays as it was agreed upon."""


def test_no_chinese_sentence_has_the_narrow_signs_of_another_script() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:40]}"
        for folder in ("schemas", "sync", "client_sdk", "server")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() != THE_WIRES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NARROW.search(node.value)
    ]
    assert not found, "\n".join(found)
