"""The server as one process that can be told to die: ``python -m tests.kills.server DATA PORT``."""

import sys
from pathlib import Path

import uvicorn

from daiban_server.app import create_app
from daiban_server.settings import Settings
from tests.kills import hook


def main() -> None:
    """Serve until killed."""
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    hook.install()
    app = create_app(Settings(data, f"http://127.0.0.1:{port}", secure_cookies=False, second_factor=frozenset()))
    uvicorn.run(app, port=port, log_level="error", ws="none")


if __name__ == "__main__":
    main()
