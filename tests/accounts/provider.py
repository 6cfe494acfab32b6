"""A real sign-in provider, and somebody who goes through its login pages."""

import contextlib
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
from joserfc.jwk import ECKey

from daiban_server.console.provider import CALLBACK
from daiban_server.settings import Oidc
from tests.support.node import NODE, install
from tests.support.processes import ROOT, Child
from tests.support.township import Township

CLIENT, SECRET = "daiban hanbin", "a secret: of+the district's"


@dataclass
class RealProvider:
    """Where it listens, and the key that it signs with, which is ours to replace."""

    port: int
    secret_file: Path
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", auto_kid=True))

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://localhost:{self.port}"

    @property
    def settings(self) -> Oidc:
        """What a server is told of it."""
        return Oidc(self.issuer, CLIENT, self.secret_file)

    @contextlib.contextmanager
    def serving(self, town: Township) -> Iterator[None]:
        """It runs until the block ends, for one township and for another client."""
        clients = [
            {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [town.url + CALLBACK]},
            {"client_id": "another", "client_secret": SECRET, "redirect_uris": ["http://localhost:1/back"]},
        ]
        key = {**self.key.as_dict(private=True), "use": "sig", "alg": "ES256"}
        told = json.dumps({"port": self.port, "keys": [key], "clients": clients})
        script = install(ROOT / "tests" / "oidc") / "provider.mjs"
        with Child([NODE, script]) as process:
            process.say(told)
            process.line("ready")
            yield


def new_provider(folder: Path) -> RealProvider:
    """One that does not run yet."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    secret = folder / "oidc.secret"
    secret.write_text(SECRET + "\n")
    return RealProvider(port, secret)


@dataclass
class Visitor:
    """A browser without a window: it keeps its cookies, follows links, and fills in the provider's forms."""

    http: httpx2.AsyncClient

    async def sent_by(self, answer: httpx2.Response) -> str:
        """Where an answer leads."""
        assert answer.status_code in (302, 303), f"{answer.status_code} {answer.text[:2000]}"
        return urljoin(str(answer.url), answer.headers["location"])

    async def through(self, address: str, name: str) -> str:
        """Sign in at the provider as somebody; gives the address on our side that it leads back to."""
        answer = await self.http.get(address)
        for _ in range(12):
            if answer.is_redirect:
                where = await self.sent_by(answer)
                if urlsplit(where).netloc != urlsplit(address).netloc:
                    return where
                answer = await self.http.get(where)
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form, answer.text
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text)) | {"login": name, "password": "x"}
            answer = await self.http.post(urljoin(str(answer.url), unescape(form[1])), data=fields)
        raise AssertionError("the provider goes round in circles")

    async def signs_in(self, town: Township, name: str, wanted: str = "") -> httpx2.Response:
        """The whole way, from the button at our door; gives our answer at its end."""
        start = await self.http.get(f"{town.url}/sign-in/provider", params={"next": wanted})
        return await self.http.get(await self.through(await self.sent_by(start), name))
