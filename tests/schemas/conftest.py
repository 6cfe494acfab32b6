"""The hypothesis profile of the tests of the pure rules."""

from tests.sync import profiles

profiles.choose()
