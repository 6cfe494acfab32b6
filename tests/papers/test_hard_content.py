"""Content that hurts: hostile, long, rare, much; and a server without Chinese type."""

import io
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from daiban_server.features.papers import MOST, PaperError, render, render_many
from daiban_server.features.papers.documents import (
    AcceptanceNotice,
    CategoryRegister,
    Mandate,
    NonAcceptanceNotice,
    Register,
    WallSheet,
)
from daiban_server.features.papers.samples.books import cases, visitors
from daiban_server.features.papers.samples.township import drawn
from tests.papers import SAMPLES, each_paper, rewritten, texts, values_of
from tests.support.poppler import Poppler

HOSTILE = '#read("/etc/passwd")*粗*_斜_$x^2$@张<a>\\n\\u{41}`{raw}`//注/*注*/#{1+1}[块]=题~-+'
SHORT = '*#"_$@\\'
NARROW = {"surname", "phone", "a_phone", "b_phone", "badge"}
"""Where a whole attack has no room; these hold a few characters."""


def refusal(reason: str, applicant: str = "张桂兰") -> NonAcceptanceNotice:
    notice = SAMPLES["不予受理通知书"]
    assert isinstance(notice, NonAcceptanceNotice)
    return replace(notice, reason=reason, applicant=applicant)


@each_paper
def test_what_people_write_is_text_and_never_markup(name: str, poppler: Poppler) -> None:
    def attack(field: str, text: str) -> str:
        if field == "qr" or not text:
            return text
        return SHORT[:2] if field in NARROW else HOSTILE

    document = rewritten(SAMPLES[name], attack)
    pages = poppler.pages(render(document))
    text = "".join(page.replace(f"第{n}页共{len(pages)}页", "") for n, page in enumerate(pages, 1))
    values = values_of(document)
    del values["office"]
    assert text.count(HOSTILE) > sum(value == HOSTILE for _, value in texts(values))
    assert "root:" not in text


@pytest.mark.parametrize("file", ["/etc/passwd", "style.typ", "../render.py"])
def test_no_file_is_read_for_anybody(file: str, poppler: Poppler) -> None:
    text = poppler.text(render(refusal(f'#image("{file}")#include "{file}"')))
    assert f'#image("{file}")#include"{file}"' in text


def test_a_register_of_sixty_lines_goes_over_pages_with_its_head(poppler: Poppler) -> None:
    register = SAMPLES["办事登记册"]
    assert isinstance(register, Register)
    pages = poppler.pages(render(replace(register, rows=visitors(60))))
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert page.count("来访事由") == 1
        assert f"第{number}页共{len(pages)}页" in page
    whole = "".join(pages)
    assert all(str(row.number) + row.came.isoformat() + row.visitor in whole for row in visitors(60))


def test_five_hundred_lines_are_added_up_page_by_page_and_at_the_end(poppler: Poppler) -> None:
    register, book = SAMPLES["办事登记册"], SAMPLES["分类受理登记簿"]
    assert isinstance(register, Register) and isinstance(book, CategoryRegister)
    lines = visitors(500)
    pages = poppler.pages(render(replace(register, rows=lines)))
    assert len(pages) > 10
    told = [re.search(r"本页小计(\d+)条、(\d+)人次累计(\d+)条、(\d+)人次", page) for page in pages]
    rows = people = 0
    for page, found in zip(pages, told, strict=True):
        assert found and page.count("来访事由") == 1
        rows, people = rows + int(found[1]), people + int(found[2])
        assert (int(found[3]), int(found[4])) == (rows, people)
    assert (rows, people) == (500, sum(line.people for line in lines))
    assert f"合计：登记500条，接待{people}人次" in pages[-1]
    assert not any("合计" in page for page in pages[:-1])
    *_, last = poppler.pages(render(replace(book, rows=cases(500))))
    ended = sum(line.ended is not None for line in cases(500))
    assert f"合计：登记500件（代为办理167件、直接办理167件、上门办理166件），其中已有结果{ended}件" in last
    assert "累计500件" in last


@pytest.mark.parametrize("name", ["办事登记册", "分类受理登记簿", "意见反映登记簿"])
def test_a_day_without_an_entry_says_so(name: str, poppler: Poppler) -> None:
    (page,) = poppler.pages(render(replace(SAMPLES[name], rows=())))  # type: ignore[call-arg] # all three have rows
    assert name in page and "本日无登记" in page
    assert "合计" not in page and "本页小计" not in page


def test_a_line_stays_on_one_page_unless_no_page_would_hold_it(poppler: Poppler) -> None:
    book = SAMPLES["分类受理登记簿"]
    assert isinstance(book, CategoryRegister)
    rows = tuple(replace(row, result="照准。" * (12 + row.number % 17) + f"第{row.number}号") for row in cases(40))
    pages = poppler.pages(render(replace(book, rows=rows)))
    assert len(pages) > 3
    for row in rows:
        assert sum(row.case in page and row.result in page for page in pages) == 1
    long = (*rows[:2], replace(rows[2], result="鑫" * 3000), *rows[3:])
    assert poppler.text(render(replace(book, rows=long))).count("鑫") == 3000


def test_a_reason_of_nine_hundred_characters_is_told_whole(poppler: Poppler) -> None:
    reason = "".join(f"第{number:03}点不符合条件;" for number in range(80))[:900]
    one, *more = poppler.pages(render(refusal("不符合条件。")))
    assert not more
    pages = poppler.pages(render(refusal(reason)))
    assert len(pages) == 2
    assert reason in "".join(pages).replace("第1页共2页", "")
    assert one.count("不符合条件") == 1


def test_a_name_of_thirty_characters_and_a_word_without_end_keep_to_the_paper(poppler: Poppler) -> None:
    long = ("阿卜杜热合曼·买买提·" * 3)[:30]
    word = "https://example.org/" + "abcdefghij" * 30
    pages = poppler.pages(render(refusal(word, long)))
    assert f"{long}：" in pages[0]
    assert word in pages[0]
    names = (
        "承办单",
        "代办服务委托书",
        "工作交接清单",
        "胸牌",
        "座牌",
        "延期告知书",
        "特殊环节告知书",
        "意见反映登记簿",
    )
    for name in names:
        document = rewritten(
            SAMPLES[name],
            lambda field, text: long if field in {"name", "applicant", "handler", "person"} and text else text,
        )
        assert long in poppler.text(render(document)), name


@pytest.mark.parametrize("name", ["承办单", "撤回申请登记单"])
@pytest.mark.parametrize("number", ["JM-20261127-BJ-0007", "HB01-20261127-BJ-0007", "QINGHE01-20261127-BJ-12345"])
def test_a_number_is_printed_on_one_line(number: str, name: str, poppler: Poppler) -> None:
    """Whoever copies one from two lines leaves its end out."""
    document = rewritten(SAMPLES[name], lambda field, text: number if field == "case" and text else text)
    assert any(number in line for line in poppler.lines(render(document)))


@pytest.mark.parametrize("name", ["一次性告知书", "受理通知书", "延期告知书", "特殊环节告知书", "不予办理决定书"])
def test_an_address_of_three_lines_and_a_long_item_leave_a_notice_on_one_sheet(name: str, poppler: Poppler) -> None:
    address = "汉江区清河镇柳树村三组（老庄子）第二百一十八号院后排东起第三户，由村小学向北约八百米过石桥后左转上坡" * 2
    item = "城乡居民基本医疗保险门诊慢性病（特殊疾病）待遇资格认定及异地就医直接结算备案申请（村级代办）"
    change = {"address": address, "item": item}
    (page,) = poppler.pages(render(rewritten(SAMPLES[name], lambda field, text: change.get(field, text))))
    assert address in page
    assert f"“{item}”" in page


def test_a_guide_too_long_for_one_sheet_loses_nothing(poppler: Poppler) -> None:
    guide = SAMPLES["办事指南"]
    assert isinstance(guide, WallSheet)
    assert len(poppler.pages(render(guide))) == 1
    papers = tuple(replace(guide.papers[0], name=f"材料{number:02}") for number in range(40))
    flow = tuple(replace(guide.flow[1], name=f"环节{number:02}") for number in range(20))
    long = replace(guide, papers=papers, flow=flow, conditions="须符合条件。\n" * 60)
    pages = poppler.pages(render(long))
    assert len(pages) > 1
    text = "".join(pages)
    assert all(f"材料{number:02}" in text for number in range(40))
    assert all(f"环节{number:02}" in text for number in range(20))


def test_rare_characters_are_set_and_what_has_no_type_is_seen_to_be_missing(poppler: Poppler) -> None:
    text = poppler.text(render(refusal("㐂𠮷䶮堃,José Ōé,Nguyễn 🙂")))
    assert "㐂𠮷䶮堃,JoséŌé,Nguyễn〓" in text


def test_nothing_invisible_gets_onto_paper(poppler: Poppler) -> None:
    text = poppler.text(render(refusal("同\u202e意\u0000不\u0007同\u200b意\ud800。\r\n另\t行通知")))
    assert "同意不同意。另行通知" in text


def test_a_hundred_papers_in_one_go_each_count_their_own_pages(poppler: Poppler) -> None:
    notice = SAMPLES["受理通知书"]
    assert isinstance(notice, AcceptanceNotice)
    many = [replace(notice, number=f"清便受〔2026〕{number}号") for number in range(100)]
    long = refusal("不符合条件。" * 150)
    pages = poppler.pages(render_many([long, *many]))
    assert len(pages) == 102
    assert ["第1页共2页" in pages[0], "第2页共2页" in pages[1]] == [True, True]
    for number, page in enumerate(pages[2:]):
        assert f"〔2026〕{number}号" in page
        assert "第1页共1页" in page


@pytest.mark.parametrize(("count", "code"), [(0, "papers.none"), (MOST + 1, "papers.too_many")])
def test_nothing_and_too_much_are_told(count: int, code: str) -> None:
    with pytest.raises(PaperError) as caught:
        render_many([SAMPLES["胸牌"]] * count)
    assert caught.value.code == code


def test_without_chinese_type_nothing_is_printed_and_it_is_said_why(tmp_path: Path) -> None:
    with pytest.raises(PaperError) as caught:
        render(SAMPLES["胸牌"], [tmp_path, tmp_path / "not there"])
    assert caught.value.code == "papers.no_font"
    assert "fonts-noto-cjk" in caught.value.problem.advice


def mandate_signed_with(picture: bytes) -> Mandate:
    mandate = SAMPLES["代办服务委托书"]
    assert isinstance(mandate, Mandate)
    return replace(mandate, signers=(replace(mandate.signers[1], picture=picture),))


def test_a_drawn_signature_is_printed() -> None:
    assert b"/Subtype/Image" in render(mandate_signed_with(drawn())).replace(b" ", b"")
    assert b"/Subtype/Image" not in render(SAMPLES["承办单"]).replace(b" ", b"")


def picture(size: tuple[int, int], kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, 255).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"not a picture",
        drawn()[:200],
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
        picture((20, 20), "JPEG"),
        picture((3000, 3000), "PNG"),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    ],
)
def test_only_a_small_png_passes_for_a_signature(bad: bytes) -> None:
    with pytest.raises(PaperError) as caught:
        render(mandate_signed_with(bad))
    assert caught.value.code == "papers.picture"
