"""How long hypothesis looks, and from where.

In CI the same examples every time, so that a red build stays red; by hand new ones, until something is found. More by
``HYPOTHESIS_PROFILE=long``.
"""

import os

from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("ci", derandomize=True, database=None, max_examples=40, **_COMMON)
settings.register_profile("hand", max_examples=40, **_COMMON)
settings.register_profile("long", max_examples=5000, **_COMMON)


def choose() -> None:
    """Take the profile that the environment names."""
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "hand"))


def more(times: int) -> int:
    """As many examples as the profile says, `times` over: for what is cheap to try."""
    return settings().max_examples * times
