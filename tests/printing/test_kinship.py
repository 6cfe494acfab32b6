"""The register of kinship names who keeps away, and as what of the applicant's."""

import datetime
from pathlib import Path

import pytest

from daiban_server.features.papers.documents import CategoryRegister
from daiban_server.printing.register_pages import pages
from daiban_server.registers import KINSHIP
from tests.cases.bureau import Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def test_the_register_of_kinship_names_who_keeps_away(bureau: Bureau) -> None:
    case = bureau.case(kin={"person": bureau.people["钱进"].hex(), "relation": "表弟"})
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    day = datetime.date(2026, 11, 24)
    (page,) = bureau.run(pages(bureau.centre, KINSHIP, day, day, day))
    assert isinstance(page, CategoryRegister)
    assert [row.result for row in page.rows] == ["钱进（表弟）回避"]
