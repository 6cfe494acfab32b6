"""Every paper of a case says what stands in the books, and none can be printed before its time."""

import httpx2
import pytest

from daiban_schemas.slip import code_of
from daiban_server.features.cases import routes
from daiban_server.printing.by_name import ONE, ready
from daiban_server.printing.case_file import gather
from daiban_server.spine.refusal import Refusal
from tests.cases.bureau import Bureau
from tests.support.poppler import Poppler
from tests.support.raw_device import code_of as problem
from tests.support.township import Township


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre."""
    return Bureau(tmp_path_factory.mktemp("bureau"))


def test_none_is_printed_before_its_time(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}))
    file = bureau.run(gather(bureau.centre, case, bureau.now))
    printable = set()
    for name, make in ONE.items():
        try:
            make(file)
        except Refusal as refusal:
            assert refusal.code == "print.not_yet"
        else:
            printable.add(name)
    assert printable == {"application", "slip", "slip-a5", "mandate", "information-notice", "separate-consent"}
    assert set(ready(file)) == printable


def test_what_is_said_to_be_ready_grows_with_the_case(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {}))
    accepted = set(ready(bureau.run(gather(bureau.centre, case, bureau.now))))
    assert {"acceptance", "receipt", "work-order"} <= accepted
    assert not {"result", "delivery", "refusal", "file"} & accepted
    bureau.through(case, ("赵敏", "complete", {"result": "已核准"}))
    done = set(ready(bureau.run(gather(bureau.centre, case, bureau.now))))
    assert done - accepted == {"result", "result-slip", "delivery"}


@pytest.mark.parametrize("name", ["refusal", "non-acceptance"])
def test_what_was_granted_has_no_refusal(bureau: Bureau, name: str) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "已核准"}))
    with pytest.raises(Refusal):
        ONE[name](bureau.run(gather(bureau.centre, case, bureau.now)))


async def case_of(town: Township, *commands: tuple[str, dict[str, object]]) -> tuple[httpx2.AsyncClient, str]:
    clerk, wang = await town.signed_in("赵敏"), await town.device("王芳")
    household = await town.household(wang)
    form = await wang.new("application")
    fields = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home"}
    await wang.save(form, {**fields, "answers.reason": "年满六十", "identity_number": "612401194911200022"})
    await wang.collect_papers(form.record, ["居民身份证"])
    await wang.command(form.record, "submit")
    await wang.sync()
    for name, arguments in commands:
        path = f"/v1/records/application/{form.record}/commands/{name}"
        answer = await clerk.post(path, json={"arguments": arguments})
        assert answer.status_code == 200, answer.text
    return clerk, form.record


async def test_what_is_printed_says_what_was_promised(township: Township, poppler: Poppler) -> None:
    town = township
    head = await town.signed_in("李红")
    how = {"phone": "0915-3210000", "address": "建民路 1 号", "supervision": "0915-3210001", "hours": ""}
    assert (await head.put("/v1/office", json=how)).status_code == 204
    clerk, record = await case_of(town, ("accept", {}))
    values = (await clerk.get(f"/v1/records/application/{record}")).json()["values"]
    due = values["due"].split("-")
    expected = {
        "slip": ("收件凭证", "张桂兰", "居民身份证", code_of(bytes.fromhex(record)), "收件不等于受理"),
        "acceptance": (
            "受理通知书",
            values["number"],
            "10个工作日",
            f"{int(due[1])}月{int(due[2])}日",
            "加盖受理专用章",
        ),
        "work-order": ("承办单", "主办窗口", "社会保障", "王芳", "赵敏"),
        "mandate": ("代办服务委托书", "6****************2", "青山村"),
    }
    for name, words in expected.items():
        answer = await clerk.get(f"/v1/cases/{record}/papers/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        text = poppler.text(answer.content)
        for word in words:
            assert word.replace(" ", "") in text, (name, word)
        if name == "acceptance":
            assert "0915-3210001" in text
    assert problem(await clerk.get(f"/v1/cases/{record}/papers/refusal")) == "print.not_yet"
    assert problem(await clerk.get(f"/v1/cases/{record}/papers/nothing")) == "print.unknown"
    assert problem(await clerk.get(f"/v1/cases/{'0' * 32}/papers/slip")) == "record.unknown"


async def test_registers_are_printed_day_by_day(township: Township, poppler: Poppler) -> None:
    clerk, record = await case_of(township, ("receive", {}))
    for visitor in ("陈福来", "周玉梅"):
        fields = {"place": township.centre.hex(), "visitor": visitor, "about": "问医保报销", "source": "counter"}
        assert (await clerk.post("/v1/records/reception", json={"fields": fields})).status_code == 201
    everyone = poppler.text((await clerk.get("/v1/registers/来访/print")).content)
    for word in ("办事登记册", "陈福来", "周玉梅", "问医保报销", "赵敏"):
        assert word in everyone
    window = poppler.text((await clerk.get("/v1/registers/社会保障/print")).content)
    number = (await clerk.get(f"/v1/cases/{record}")).json()["case"]["number"]
    for word in ("分类受理登记簿", number, "张桂兰", "上门办理", "青山村"):
        assert word in window
    assert problem(await clerk.get("/v1/registers/来访/print?first=2020-01-01&last=2020-01-02")) == "papers.none"


async def test_a_register_that_is_longer_than_one_answer_says_so(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    for visitor in ("陈福来", "周玉梅"):
        fields = {"place": sqlite_township.centre.hex(), "visitor": visitor, "about": "问医保报销", "source": "counter"}
        assert (await clerk.post("/v1/records/reception", json={"fields": fields})).status_code == 201
    monkeypatch.setattr(routes, "MOST_LINES", 2)
    assert len((await clerk.get("/v1/registers/来访")).json()) == 2
    monkeypatch.setattr(routes, "MOST_LINES", 1)
    assert problem(await clerk.get("/v1/registers/来访")) == "register.too_many"
