"""What a file that holds shows, apart from that it holds: who handed in how much, between which times, and which
mandates were signed, how and before whom. Names of people behind devices are the centre's word, as everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daiban_schemas.mandate import SIGNED
from daiban_sync.evidence.verdict import Facts, Found, Given, Handed, Sign, Told
from daiban_sync.keys import desk_device


def facts(found: Found) -> Facts:
    """Of a file that holds. What was written about a mandate after it was signed is noted and told apart."""
    whose = {one.device: one.person_name for one in found.vouched}
    whose[desk_device(found.ids.origin, found.ids.centre).hex()] = ""
    entries = [one for one in found.entries if one.entry.kind == "mandate"]
    records = dict.fromkeys(one.entry.record for one in entries)
    given = [_given(found, [one for one in entries if one.entry.record == record], whose) for record in records]
    return Facts(tuple(_handed(found, whose)), tuple(given))


def _handed(found: Found, whose: Mapping[str, str]) -> Iterator[Handed]:
    for batch, signed, kept in zip(found.document.batches, found.batches, found.kept, strict=True):
        earliest = None if batch.named is None else kept.bounds.earliest
        header = signed.header
        yield Handed(whose[header.device.hex()], header.sequence, len(batch.entries), earliest, kept.bounds.latest)


def _given(found: Found, entries: Sequence[Told], whose: Mapping[str, str]) -> Given:
    first = next((one for one in entries if one.fields.get("signers")), None)
    before = [one for one in entries if first is None or (one.device == first.device and one.number <= first.number)]
    if any(one not in before and {*SIGNED} & one.fields.keys() for one in entries):
        found.notes.add("mandate_altered")
    says: dict[str, Any] = {name: value for one in before for name, value in one.fields.items()}
    principal, powers = says.get("principal"), says.get("powers")
    return Given(
        str(principal.get("name") or "") if isinstance(principal, dict) else "",
        str(says.get("agent") or ""),
        str(says.get("matter") or ""),
        tuple(map(str, powers)) if isinstance(powers, list) else (),
        (str(says.get("valid_from") or ""), str(says.get("valid_until") or "")),
        tuple(dict.fromkeys(_signs(entries, whose))),
    )


def _signs(entries: Sequence[Told], whose: Mapping[str, str]) -> Iterator[Sign]:
    seen = set[str]()
    for one in entries:
        signers = one.fields.get("signers")
        for signer in signers if isinstance(signers, list) else ():
            if isinstance(signer, dict) and (same := repr(sorted(signer.items()))) not in seen:
                seen.add(same)
                name, mark, witness = (str(signer.get(part) or "") for part in ("name", "mark", "witness"))
                yield Sign(name, mark, witness, whose.get(one.device.hex(), ""))
