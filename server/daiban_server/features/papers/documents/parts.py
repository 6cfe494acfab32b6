"""What many papers share: the office that issues, the people named, the papers of an application."""

import datetime
import re

from msgspec import Struct


def _template(name: str) -> str:
    """The name of a document's template: ``OneTimeNotice`` is set by ``one-time-notice``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Office(Struct, frozen=True, kw_only=True):
    """Who issues a paper and how to reach it; `supervision` is the phone for complaints (监督举报电话)."""

    name: str
    phone: str = ""
    address: str = ""
    supervision: str = ""


class Agent(Struct, frozen=True, kw_only=True):
    """A proxy agent (代办员) with badge number and phone."""

    name: str
    badge: str = ""
    phone: str = ""


class Party(Struct, frozen=True, kw_only=True):
    """A person who signs; whoever gathers the data has masked `identity` where the paper leaves the file."""

    name: str
    identity: str = ""
    phone: str = ""
    address: str = ""


class Paper(Struct, frozen=True, kw_only=True):
    """A paper of an application; `form` is 原件 or 复印件, `note` what must be right about it."""

    name: str
    form: str = ""
    note: str = ""


class Document(Struct, frozen=True, kw_only=True, tag_field="template", tag=_template):
    """A printed form: the office, the number shown top right ("" prints none), the day it is issued."""

    office: Office
    issued: datetime.date
    number: str = ""
