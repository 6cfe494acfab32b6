"""A program that begins a store: on its own, so that its processes load nothing else."""

import secrets
import time
from pathlib import Path

from sqlcipher3 import dbapi2

from daiban_client_sdk.store import Store, StoreError, begin_key


def begun(folder: Path) -> bool:
    """Whether the store in `folder` could be opened in two seconds, made if need be, while others may be making it."""
    for _ in range(40):
        try:
            begin_key(folder / "store.key", lambda: secrets.token_bytes(32))
            Store(folder, (folder / "store.key").read_bytes()).close()
            return True
        except dbapi2.OperationalError:
            time.sleep(0.05)  # another one is making the tables
        except StoreError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
    return False
