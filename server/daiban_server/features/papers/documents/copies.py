"""What a resident is handed of his own data."""

from msgspec import Struct

from .parts import Document


class HeldField(Struct, frozen=True, kw_only=True):
    """A field with what stands in it; `others` are values that stand beside it, unsettled."""

    label: str
    value: str
    others: tuple[str, ...] = ()


class HeldRecord(Struct, frozen=True, kw_only=True):
    """One record: what it is, how it stands."""

    title: str
    fields: tuple[HeldField, ...]
    status: str = ""


class PersonalCopy(Document, frozen=True, kw_only=True):
    """个人信息副本: what the centre holds, whole and unmasked, for whom it is about. `about` says whose, `notes`
    what is not in it."""

    about: str
    records: tuple[HeldRecord, ...]
    notes: tuple[str, ...]
    handed_out_by: str
