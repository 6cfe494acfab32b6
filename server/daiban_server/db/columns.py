"""What every table is made of."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column(name: str, *rest: object, key: bool = False, optional: bool = False) -> "Column[bytes]":
    """An id of 16 bytes; `rest` are constraints of the column."""
    # SQLAlchemy's own types want each argument after the type named as what it is.
    return Column(name, LargeBinary(16), *rest, primary_key=key, nullable=optional)  # type: ignore[arg-type]


def number(name: str, *, key: bool = False, optional: bool = False) -> "Column[int]":
    """A whole number, up to 2**63 - 1; never counted up by the database."""
    return Column(name, BigInteger, primary_key=key, nullable=optional, autoincrement=False)


def octets(name: str, *, key: bool = False, optional: bool = False) -> "Column[bytes]":
    """Bytes of any length."""
    return Column(name, LargeBinary, primary_key=key, nullable=optional)


def text(name: str, *, key: bool = False, optional: bool = False) -> "Column[str]":
    """Text of any length."""
    return Column(name, Text, primary_key=key, nullable=optional)
