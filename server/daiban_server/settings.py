"""Settings: where the server keeps its things and how it is reached. From ``DAIBAN_*`` variables or the command
line."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`data` holds database, photos, keys and certificate; `url` is how devices reach this server; `tls_pin` is the
    SHA-256 of the certificate's public key in hexadecimal, which devices pin ("" where a public authority signed it);
    `webhook` is where messages to people go besides their own lists ("" for nowhere), signed with a key of `data`;
    `witnesses` are hosts that cosign the logs' checkpoints, as ``URL VERIFIER_KEY`` pairs with commas between;
    `budgets` limits what one device may ask for (``DAIBAN_BUDGETS=off`` for benches). Only
    who builds a demo sets `durable` to false, and syncs the folder when it is whole; no variable does."""

    data: Path
    url: str = "https://localhost:8443"
    database: str = ""
    tls_pin: str = ""
    secure_cookies: bool = True
    webhook: str = ""
    durable: bool = True
    budgets: bool = True
    witnesses: str = ""

    @property
    def database_url(self) -> str:
        """The database's URL: SQLite under `data` unless another is set."""
        return self.database or f"sqlite:///{self.data.absolute() / 'daiban.db'}"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read ``DAIBAN_DATA``, ``DAIBAN_URL``, ``DAIBAN_DATABASE``, ``DAIBAN_TLS_PIN``, ``DAIBAN_WEBHOOK``."""
        return cls(
            data=Path(os.environ.get("DAIBAN_DATA", "daiban-data")),
            url=os.environ.get("DAIBAN_URL", cls.url),
            database=os.environ.get("DAIBAN_DATABASE", ""),
            tls_pin=os.environ.get("DAIBAN_TLS_PIN", ""),
            webhook=os.environ.get("DAIBAN_WEBHOOK", ""),
            witnesses=os.environ.get("DAIBAN_WITNESSES", ""),
            budgets=os.environ.get("DAIBAN_BUDGETS") != "off",
            secure_cookies=os.environ.get("DAIBAN_INSECURE_COOKIES") != "1",
        )
