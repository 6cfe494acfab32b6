"""A phone that several agents share: a folder with one folder for each, and nothing in common but the phone.

::

    phone = Phone(Path("phone"))
    async with Client(phone.room_for(code_text), pin=chosen) as client:      # one more person
        await client.enrol(code_text, "村部的手机")
    for person in phone.people():                                            # the picker, before anybody unlocks
        print(person.name, person.place)
    async with Client(phone.person("王芳").folder, pin=given) as client:
        ...

Each has a store, a key, a PIN, a lease, an outbox and a spool of his own; ten wrong PINs destroy one store and no
other. What lies in clear is who is on the phone: the agent's name and the centre's, which his badge says as well.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from daiban_client_sdk.enrolment import read_code
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.store import write_file

WHO = "who.json"
"""In a device's folder: whose it is, in clear."""


class Person(NamedTuple):
    """Somebody who works with this phone, of which centre, and the folder of his store."""

    name: str
    place: str
    folder: Path


class Phone:
    """The phone in `folder`. One that began with a single agent has his store there itself; others come beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def people(self) -> list[Person]:
        """Who is on this phone, by name; it opens nobody's store. Namesakes bear the beginning of their folder's name
        behind their own."""
        found = list(self._found())
        namesakes = Counter(one.name for one in found)
        told = [
            one._replace(name=f"{one.name} {one.folder.name[:4]}") if namesakes[one.name] > 1 else one for one in found
        ]
        return sorted(told)

    def person(self, name: str = "") -> Person:
        """Somebody by the name that `people` gives; whoever is there alone where none is given. Raises `DeviceError`:
        ``phone.unknown``, ``phone.which``, ``device.unknown`` where nobody is there."""
        people = self.people()
        if not people:
            raise DeviceError("device.unknown")
        if not name and len(people) > 1:
            raise DeviceError("phone.which", "、".join(one.name for one in people))
        for one in people:
            if name in ("", one.name):
                return one
        raise DeviceError("phone.unknown")

    def room_for(self, code_text: str) -> Path:
        """The folder in which one more person enrols by a one-time code; the same for the same code, so that an
        enrolment whose answer was lost goes on. Raises `DeviceError("enrolment.malformed")`."""
        return self.folder / hashlib.sha256(read_code(code_text).secret.encode()).hexdigest()[:16]

    def _found(self) -> Iterator[Person]:
        if not self.folder.is_dir():
            return
        for folder in (self.folder, *(one for one in self.folder.iterdir() if one.is_dir())):
            if (folder / WHO).exists():
                told = json.loads((folder / WHO).read_bytes())
                yield Person(told["name"] or "", told["place"] or "", folder)


def tell(folder: Path, name: str, place: str) -> None:
    """Write down whose store it is that lies in `folder`."""
    write_file(folder / WHO, json.dumps({"name": name, "place": place}, ensure_ascii=False).encode())
