"""``daiban agent … script`` as a process that can be told to die."""

import sys

from daiban_client_sdk.cli import main
from tests.kills import hook

if __name__ == "__main__":
    hook.install()
    sys.argv[0] = "daiban"
    main()
