"""The records' units in the engine's terms and back."""

from daiban_server.features.visits.engine.model import Point

SHANGHAI_SECONDS = 28_800
"""The engine counts seconds of Shanghai's wall clock; the records count Unix milliseconds."""


def to_moment(milliseconds: int) -> int:
    """Unix milliseconds as the engine's seconds."""
    return milliseconds // 1000 + SHANGHAI_SECONDS


def to_milliseconds(seconds: int) -> int:
    """The engine's seconds as Unix milliseconds."""
    return (seconds - SHANGHAI_SECONDS) * 1000


def point(lon: int, lat: int, row: int | None = None) -> Point:
    """Millionths of a degree as the engine's degrees."""
    return Point(lat=lat / 1e6, lon=lon / 1e6, row=row)


def micro(where: Point) -> dict[str, int]:
    """The engine's degrees as a record's point."""
    return {"lon": round(where.lon * 1e6), "lat": round(where.lat * 1e6)}
