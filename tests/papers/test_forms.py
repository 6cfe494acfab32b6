"""Every form of the centre, read back from its PDF by somebody else's reader."""

import datetime
import io

import pytest
import segno
from msgspec.structs import replace
from PIL import Image

from daiban_schemas.problem import words
from daiban_server.features.papers import PaperError, pictures, render
from daiban_server.features.papers.__main__ import main
from daiban_server.features.papers.documents import (
    CollectionSlip,
    DailyLine,
    DailyReport,
    Leaf,
    Mandate,
    PublicResult,
    Refusal,
    Register,
    ResultList,
    filed,
)
from daiban_server.features.papers.samples.books import visitors
from daiban_server.features.papers.samples.township import LINK, OFFICE, REMEDY, TODAY
from tests.papers import SAMPLES, each_paper, texts, values_of
from tests.support.poppler import Poppler

UNTITLED = {"胸牌": "王芳", "座牌": "赵敏", "卷宗封面": "卷宗"}
"""What says of these what they are."""


def without_spaces(text: str) -> str:
    return "".join(text.split())


def as_printed(day: datetime.date) -> set[str]:
    return {day.isoformat(), f"{day.year}年{day.month}月{day.day}日"}


@each_paper
def test_a_paper_says_everything_that_was_put_into_it(name: str, poppler: Poppler) -> None:
    document = SAMPLES[name]
    text = poppler.text(render(document))
    title = name.partition("-")[0]
    assert UNTITLED.get(title, title) in text
    assert document.office.name in text
    values = values_of(document)
    del values["office"], values["issued"]
    for field, value in texts(values):
        if field != "qr":
            assert without_spaces(value) in text, field
    for field, value in values.items():
        if isinstance(value, datetime.date):
            assert any(form in text for form in as_printed(value)), field


@each_paper
def test_type_comes_with_the_paper(name: str, poppler: Poppler) -> None:
    fonts = poppler.fonts(render(SAMPLES[name]))
    assert fonts
    assert all(font.embedded and font.subset and font.unicode for font in fonts)
    assert all("NotoS" in font.name for font in fonts)


def test_badge_and_plate_have_their_real_sizes(poppler: Poppler) -> None:
    sizes = {name: poppler.sizes(render(SAMPLES[name]))[0] for name in ("胸牌", "座牌", "办事指南", "收件凭证-A5")}
    assert sizes == {"胸牌": (90, 55), "座牌": (200, 200), "办事指南": (297, 420), "收件凭证-A5": (148, 210)}
    assert poppler.sizes(render(SAMPLES["收件凭证-小票"]))[0][0] == 80


def test_the_same_data_make_the_same_file() -> None:
    assert render(SAMPLES["受理通知书"]) == render(SAMPLES["受理通知书"])


def test_the_code_on_a_slip_is_the_link_to_its_look_up() -> None:
    """Compared module by module with a code made afresh: 30 mm wide, one module of border, in the middle of 80 mm."""
    ppi = 300
    (page,) = pictures(SAMPLES["收件凭证-小票"], ppi=ppi)
    image = Image.open(io.BytesIO(page)).convert("L")
    matrix = [[bool(module) for module in row] for row in segno.make_qr(LINK, error="m").matrix]
    module = 30 / 25.4 * ppi / (len(matrix) + 2)
    left = (80 - 30) / 2 / 25.4 * ppi + module * 1.5

    def row(y: float) -> list[bool]:
        return [bool(image.getpixel((left + module * x, y)) < 128) for x in range(len(matrix))]

    last = image.height - module * len(matrix)
    assert any(
        all(row(top + module * number) == line for number, line in enumerate(matrix))
        for top in range(int(last))
        if row(top) == matrix[0]
    )


def test_a_receipt_of_papers_does_not_pass_for_acceptance(poppler: Poppler) -> None:
    assert "收件不等于受理" in poppler.text(render(SAMPLES["收件凭证-小票"]))


def test_only_a_licence_is_refused_with_review_and_suit(poppler: Poppler) -> None:
    plain = SAMPLES["不予办理决定书"]
    assert isinstance(plain, Refusal)
    text = poppler.text(render(plain))
    assert "不予许可" not in text
    assert "行政复议" not in text
    licence = poppler.text(render(replace(plain, remedy=REMEDY)))
    assert "不予许可决定书" in licence
    assert f"六十日内向{REMEDY.review}申请行政复议" in licence
    assert f"六个月内依法向{REMEDY.court}提起行政诉讼" in licence


def test_a_mandate_claims_no_more_than_it_is(poppler: Poppler) -> None:
    mandate = SAMPLES["代办服务委托书"]
    assert isinstance(mandate, Mandate)
    text = poppler.text(render(mandate))
    assert "电子签名" not in text
    assert "可靠" not in text
    assert "代办员以外的见证人" in text


def test_a_file_is_bound_in_its_order() -> None:
    came = ("closing", "result", "missing", "contents", "delivery", "mandate", "missing", "acceptance")
    leaves = filed(Leaf(part=part, title=str(number), pages="1") for number, part in enumerate(came))
    parts = ["contents", "acceptance", "mandate", "missing", "missing", "result", "delivery", "closing"]
    assert [leaf.part for leaf in leaves] == parts
    assert [leaf.title for leaf in leaves if leaf.part == "missing"] == ["2", "6"]


def test_the_day_adds_up_over_all_windows(poppler: Poppler) -> None:
    text = poppler.text(render(SAMPLES["日报表"]))
    assert "结转85＋受理32−办结28−不予办理1−撤回1＝结转在办87" in text
    assert "按时办结27件" in text


def test_a_day_that_does_not_balance_is_not_printed() -> None:
    line = DailyLine(window="民政救助", opening=10, direct=3, home=1, completed=5, refused=1, withdrawn=1, closing=7)
    DailyReport(office=OFFICE, issued=TODAY, lines=(line,))
    for wrong in (replace(line, closing=8), replace(line, home=0), replace(line, overdue=6)):
        with pytest.raises(PaperError) as caught:
            DailyReport(office=OFFICE, issued=TODAY, lines=(line, wrong))
        assert caught.value.code == "papers.unbalanced"


def test_a_register_with_a_gap_is_not_printed() -> None:
    rows = visitors(5)
    Register(office=OFFICE, issued=TODAY, period="2026年3月", rows=())
    for wrong in (rows[:2] + rows[3:], rows[::-1], (rows[0], rows[0])):
        with pytest.raises(PaperError) as caught:
            Register(office=OFFICE, issued=TODAY, period="2026年3月", rows=wrong)
        assert caught.value.code == "papers.number_gap"


def test_whole_names_are_not_made_public() -> None:
    row = PublicResult(surname="张桂兰", village="柳树村", result="拟纳入")
    with pytest.raises(PaperError) as caught:
        ResultList(office=OFFICE, issued=TODAY, item="临时救助", since=TODAY, until=TODAY, rows=(row,))
    assert caught.value.code == "papers.full_name"
    assert set(PublicResult.__struct_fields__) == {"surname", "village", "result"}


def test_builders_find_every_sample_as_file_and_picture(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("papers") / "new"
    monkeypatch.setattr("sys.argv", ["papers", str(folder), "--ppi", "20"])
    main()
    assert {file.stem for file in folder.glob("*.pdf")} == SAMPLES.keys()
    assert all(list(folder.glob(f"{name}-1.png")) for name in SAMPLES)


def test_a_link_too_long_for_a_code_is_told_in_words() -> None:
    slip = SAMPLES["收件凭证-小票"]
    assert isinstance(slip, CollectionSlip)
    with pytest.raises(PaperError) as caught:
        render(replace(slip, qr="长" * 3000))
    assert caught.value.code == "papers.code"
    assert caught.value.problem.title == words("papers.code")[0] != "papers.code"
