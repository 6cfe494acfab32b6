"""The command line, ``daiban``. Chinese first; English by locale or ``--lang en``."""

from daiban_client_sdk.cli.main import main

__all__ = ["main"]
