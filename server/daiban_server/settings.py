"""Settings: where the server keeps its things and how it is reached. From ``DAIBAN_*`` variables or the command
line."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MUST_HAVE_SECOND = frozenset({"head", "district"})
"""Roles that sign in with a second factor unless another choice is set: who gives others rights, and who sees all
centres."""


@dataclass(frozen=True)
class Oidc:
    """A sign-in provider. `name` is what the button says; `claim` is what is held against a person's login when a head
    has given leave to link, and never without."""

    issuer: str
    client_id: str
    secret_file: Path
    name: str = "统一身份认证"
    claim: str = "preferred_username"


@dataclass(frozen=True)
class Settings:
    """`data` holds database, photos, keys and certificate; `url` is how devices reach this server; `tls_pin` is the
    SHA-256 of the certificate's public key in hexadecimal, which devices pin ("" where a public authority signed it);
    `webhook` is where messages to people go besides their own lists ("" for nowhere), signed with a key of `data`;
    `witnesses` are hosts that cosign the logs' checkpoints, as ``URL VERIFIER_KEY`` pairs with commas between;
    `budgets` limits what one device may ask for (``DAIBAN_BUDGETS=off`` for benches). `second_factor` are the roles
    that must have one; `oidc` is where people may sign in besides here; `training` is where they may practise ("" for
    nowhere). Only who builds a demo sets `durable` to false, and syncs the folder when it is whole; only ``daiban
    training`` sets `practice`, which lets everybody in: no variable does either."""

    data: Path
    url: str = "https://localhost:8443"
    database: str = ""
    tls_pin: str = ""
    secure_cookies: bool = True
    webhook: str = ""
    durable: bool = True
    budgets: bool = True
    witnesses: str = ""
    second_factor: frozenset[str] = MUST_HAVE_SECOND
    oidc: Oidc | None = None
    training: str = ""
    practice: bool = False

    @property
    def database_url(self) -> str:
        """The database's URL: SQLite under `data` unless another is set."""
        return self.database or f"sqlite:///{self.data.absolute() / 'daiban.db'}"

    @property
    def watermark(self) -> str:
        """What stands across every printed page; "" for papers that count."""
        return "练习" if self.practice else ""

    @property
    def host(self) -> str:
        """The name of this server, which passkeys are bound to."""
        return urlsplit(self.url).hostname or ""

    @property
    def web_origin(self) -> str:
        """What a browser says that a page of this server comes from."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read ``DAIBAN_DATA``, ``DAIBAN_URL``, ``DAIBAN_DATABASE``, ``DAIBAN_TLS_PIN``, ``DAIBAN_WEBHOOK``,
        ``DAIBAN_TRAINING``, ``DAIBAN_SECOND_FACTOR`` (roles with commas between them), ``DAIBAN_OIDC_*``."""
        return cls(
            data=Path(os.environ.get("DAIBAN_DATA", "daiban-data")),
            url=os.environ.get("DAIBAN_URL", cls.url),
            database=os.environ.get("DAIBAN_DATABASE", ""),
            tls_pin=os.environ.get("DAIBAN_TLS_PIN", ""),
            webhook=os.environ.get("DAIBAN_WEBHOOK", ""),
            witnesses=os.environ.get("DAIBAN_WITNESSES", ""),
            budgets=os.environ.get("DAIBAN_BUDGETS") != "off",
            secure_cookies=os.environ.get("DAIBAN_INSECURE_COOKIES") != "1",
            second_factor=_roles(os.environ.get("DAIBAN_SECOND_FACTOR")),
            oidc=_oidc(),
            training=os.environ.get("DAIBAN_TRAINING", ""),
        )


def _roles(text: str | None) -> frozenset[str]:
    return MUST_HAVE_SECOND if text is None else frozenset(filter(None, (part.strip() for part in text.split(","))))


def _oidc() -> Oidc | None:
    """Read ``DAIBAN_OIDC_ISSUER``, ``_CLIENT_ID``, ``_CLIENT_SECRET_FILE``, ``_NAME``, ``_CLAIM``. Raises `KeyError`
    where there is an issuer and no client."""
    issuer, given = os.environ.get("DAIBAN_OIDC_ISSUER", ""), os.environ
    if not issuer:
        return None
    return Oidc(
        issuer,
        given["DAIBAN_OIDC_CLIENT_ID"],
        Path(given["DAIBAN_OIDC_CLIENT_SECRET_FILE"]),
        given.get("DAIBAN_OIDC_NAME", Oidc.name),
        given.get("DAIBAN_OIDC_CLAIM", Oidc.claim),
    )
