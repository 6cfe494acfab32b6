"""Nobody in the demo's year is anybody, and everything that they say is Chinese."""

import asyncio
import datetime
import random
import re
from typing import Any

import msgspec

from daiban_schemas.identity import identity_number_problem
from daiban_schemas.types import Phone
from daiban_server.db.database import open_database
from daiban_server.db.program import Program, rows
from daiban_server.demo.year import arriving, content, residents
from daiban_server.offices import Reached
from daiban_server.settings import Settings
from daiban_server.spine import views
from tests.demo_year.conftest import WISH, Built

_OFFICES = "SELECT value FROM setting WHERE name LIKE 'office %'"
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PLAIN = frozenset({"applicant", "visitor", "head", "person", "spoke_to"})
_TEXTS = frozenset({"about", "answer", "text", "result", "reason", "purpose", "matter"})


def _values(year: Built) -> list[tuple[str, dict[str, Any]]]:
    async def read() -> list[tuple[str, dict[str, Any]]]:
        database = await open_database(Settings(year.folder).database_url)
        try:
            return await database.read(_every())
        finally:
            await database.close()

    return asyncio.run(read())


def _every() -> Program[list[tuple[str, dict[str, Any]]]]:
    found = []
    for (centre,) in (yield from rows(content.CENTRES)):
        for kind in ("household", "application", "reception", "opinion", "visit", "reply"):
            shown = yield from views.shown(views.BY_KIND, centre, kind_name=kind, page=10_000)
            found += [(kind, dict(one.view.values)) for one in shown]
    return found


def test_names_are_put_together_of_common_characters_and_texts_are_chinese(year: Built) -> None:
    values = _values(year)
    assert {kind for kind, _ in values} >= {"household", "application", "reception"}
    for kind, fields in values:
        for name in _PLAIN & fields.keys():
            assert _NAME.fullmatch(fields[name]) and fields[name][0] in residents.FAMILY, (kind, fields[name])
            assert set(fields[name][1:]) <= {*residents.FIRST_OF_GIVEN, *residents.SECOND_OF_GIVEN}
        for name in _TEXTS & fields.keys():
            assert _CHINESE.search(fields[name]), (kind, name, fields[name])


def test_identity_numbers_have_their_check_digit_and_are_of_no_province(year: Built) -> None:
    numbers = [fields["identity_number"] for _, fields in _values(year) if fields.get("identity_number")]
    numbers += [member["identity_number"] for kind, fields in _values(year) for member in fields.get("members") or ()]
    assert len(numbers) > 50
    for number in numbers:
        assert identity_number_problem(number) is None, number
        assert number.startswith(residents.AREA)


def test_telephones_reach_nobody(year: Built) -> None:
    phones = [fields["phone"] for _, fields in _values(year) if fields.get("phone")]
    assert phones and all(phone.startswith(residents.PHONE) for phone in phones)


def test_every_centre_can_be_reached_as_its_papers_say_and_its_telephones_reach_nobody(year: Built) -> None:
    held = [msgspec.json.decode(value, type=Reached) for (value,) in year.rows(_OFFICES)]
    assert len(held) == WISH.centres
    for how in held:
        assert all((how.phone, how.address, how.supervision, how.hours))
        for number in (how.phone, how.supervision):
            assert Phone().problem(number) is None and number.startswith("0000-")
    assert len({number for how in held for number in (how.phone, how.supervision)}) == 2 * WISH.centres


def test_a_fingerprint_is_witnessed_by_somebody_grown_up_who_is_no_party() -> None:
    dice, day, alone = random.Random(7), datetime.date(2026, 6, 1), 0
    for number in range(400):
        home = residents.Home(f"{number:032x}", 0, "青山村", residents.people(dice), 0)
        for who in home.people:
            named = arriving.witness(home, who, home.people[0].name, day)
            alone += named == "村民小组长"
            of_the_home = {one.name for one in home.people if one.born.year + 18 < day.year}
            assert named in {"村民小组长", *of_the_home} - {who.name, home.people[0].name}
    assert 0 < alone < 1000
