"""How names are looked for: as they are written, in pinyin, and by their initials."""

from functools import lru_cache


@lru_cache(4096)
def spelt(name: str) -> tuple[str, str]:
    """A name in pinyin, whole and by its initials: 张桂兰 is ``zhangguilan`` and ``zgl``."""
    # Here, not above: its dictionaries take a fifth of the server's start, and most processes spell nobody's name.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name)).lower(), "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


@lru_cache(4096)
def heard(name: str) -> str:
    """A name by its sounds, apart from each other: 张桂兰 and 张贵兰 are both ``zhang gui lan``."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))


def pattern(query: str) -> str:
    """What `query` is looked for with by LIKE, in small letters, with ``\\`` before what would mean something there."""
    plain = query.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
