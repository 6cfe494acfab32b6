"""How names are looked for: as they are written, in pinyin, and by their initials."""

from functools import lru_cache


def spelt(name: str) -> tuple[str, str]:
    """A name in pinyin, whole and by its initials: 张桂兰 is ``zhangguilan`` and ``zgl``."""
    sounds = _sounds(name)
    return "".join(sound for sound, _ in sounds).lower(), "".join(initial for _, initial in sounds).lower()


def heard(name: str) -> str:
    """A name by its sounds, apart from each other: 张桂兰 and 张贵兰 are both ``zhang gui lan``."""
    return " ".join(sound for sound, _ in _sounds(name))


@lru_cache(4096)
def _sounds(name: str) -> tuple[tuple[str, str], ...]:
    """Each sign's sound with its first letter; what is no Chinese sign stands as it is, in one piece. All spellings are
    made of one look-up, which is most of what a new name costs a household's sheet."""
    # Here, not above: its dictionaries take a fifth of the server's start, and most processes spell nobody's name.
    from pypinyin import lazy_pinyin

    sounds = lazy_pinyin(name, errors=lambda other: _AS_IS + other)
    return tuple((one[1:], one[1:]) if one.startswith(_AS_IS) else (one, one[:1]) for one in sounds)


_AS_IS = "\x00"
"""Before what has no sound; no name that is kept has such a sign."""


def pattern(query: str) -> str:
    """What `query` is looked for with by LIKE, in small letters, with ``\\`` before what would mean something there."""
    plain = query.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
