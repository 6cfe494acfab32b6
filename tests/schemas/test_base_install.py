"""One distribution: the base install is the SDK of a phone, the server is an extra."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements}


BASE = distributions(PROJECT["dependencies"])


@pytest.mark.parametrize(
    "needed_by_the_server_alone",
    ["litestar", "sqlalchemy", "alembic", "aiosqlite", "asyncpg", "granian", "uvicorn", "jinja2", "structlog", "pyvrp"],
)
def test_a_phone_installs_nothing_of_the_server(needed_by_the_server_alone: str) -> None:
    assert needed_by_the_server_alone not in BASE


def test_the_server_is_an_extra_and_the_rules_need_two_libraries() -> None:
    assert {"litestar", "sqlalchemy"} <= distributions(PROJECT["optional-dependencies"]["server"])
    assert {"msgspec", "cryptography"} <= BASE


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("schemas/daiban_schemas", {"daiban_schemas", "msgspec"}),
        ("sync/daiban_sync", {"daiban_schemas", "daiban_sync", "msgspec", "cryptography"}),
    ],
)
def test_the_rules_import_two_libraries_and_no_input_or_output(package: str, allowed: set[str]) -> None:
    """Beside import-linter's list of what is forbidden: everything that is not named here is."""
    pure = {
        "base64",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "hashlib",
        "itertools",
        "json",
        "operator",
    }
    pure |= {"math", "re", "struct", "typing", "zlib"}
    for path in Path(package).rglob("*.py"):
        found = re.findall(r"^\s*(?:from|import) ([a-zA-Z0-9_]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(found) <= pure | allowed, path
