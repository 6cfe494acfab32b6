"""SQL that the two databases are told in different words: rows beside others by their key, and members of JSON."""

from typing import Any, cast

from sqlalchemy import Alias, String, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement, Join


class Beside(Join):
    """Rows of a table `right`, looked up by key for each row of `left`, in that order whatever a planner thinks.
    PostgreSQL plans a statement once for spans of any length, and left to itself it would read every case of a centre
    for one day; the OFFSET keeps it from that."""

    inherit_cache = False


@compiles(Beside, "sqlite")
def _sqlite_beside(element: Beside, compiler: Any, asfrom: bool = False, **given: Any) -> str:
    left, right = (compiler.process(one, asfrom=True, **given) for one in (element.left, element.right))
    joined = "LEFT JOIN" if element.isouter else "CROSS JOIN"
    return f"{left} {joined} {right} ON {compiler.process(element.onclause, **given)}"


@compiles(Beside, "postgresql")
def _postgres_beside(element: Beside, compiler: Any, asfrom: bool = False, **given: Any) -> str:
    left, right = (compiler.process(one, asfrom=True, **given) for one in (element.left, element.right))
    joined = "LEFT JOIN" if element.isouter else "JOIN"
    where, table = compiler.process(element.onclause, **given), cast(Table | Alias, element.right)
    name = compiler.preparer.quote(table.name)
    # S608: every part is what SQLAlchemy's own compiler wrote, and its quoting of a table's name.
    return f"{left} {joined} LATERAL (SELECT * FROM {right} WHERE {where} OFFSET 0) AS {name} ON true"  # noqa: S608


class Said(ColumnElement[str]):
    """A member of a column of JSON octets, as a text; NULL where it says nothing. `member` is a plain name of ours."""

    inherit_cache = False

    def __init__(self, told: Any, member: str) -> None:
        self.type = String()
        self.told, self.member = told, member

    @property
    def _from_objects(self) -> Any:
        return self.told._from_objects


@compiles(Said, "sqlite")
def _sqlite_said(element: Said, compiler: Any, **given: Any) -> str:
    return f"(CAST({compiler.process(element.told, **given)} AS TEXT) ->> '$.{element.member}')"


@compiles(Said, "postgresql")
def _postgres_said(element: Said, compiler: Any, **given: Any) -> str:
    return f"(convert_from({compiler.process(element.told, **given)}, 'UTF8')::json ->> '{element.member}')"
