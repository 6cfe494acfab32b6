"""告知、单独同意、监护人: asked for at the home, missed at the centre, taken back when somebody wants to."""

import datetime
from typing import Any

import pytest

from daiban_client_sdk import Client, DeviceError
from daiban_schemas import texts
from daiban_schemas.consents import lacking
from daiban_schemas.kinds.consent import is_child
from daiban_schemas.texts import TEXTS
from daiban_server.limits.calendar import local_day
from tests.console.workday import browser_of
from tests.privacy.people import ZHANG, number
from tests.support.township import Township

GRANDMOTHER: dict[str, Any] = {"name": "张桂兰", "identity_number": ZHANG}
GUARDIAN = {"name": "张建国", "relation": "父亲", "phone": "13712345678"}


def child_of(town: Township, days: int) -> str:
    """Somebody who completes fourteen years so many days from today; a day later where that day is a 29 February."""
    birthday = local_day(town.clock()) + datetime.timedelta(days=days)
    if (birthday.month, birthday.day) == (2, 29):
        birthday += datetime.timedelta(days=1)
    return number(birthday.replace(year=birthday.year - 14))


async def case_of(town: Township, wang: Client, **fields: Any) -> str:
    household = await town.household(wang)
    form = await wang.new("application")
    given = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "answers.reason": "年满六十"}
    await wang.save(form, {**given, **fields})
    return form.record


async def tasks_of(town: Township) -> list[tuple[str, str]]:
    head = await town.signed_in("李红")
    return [(one["code"], one["record"]) for one in (await head.get("/v1/tasks")).json()]


async def handed_in(wang: Client, case: str) -> None:
    await wang.command(case, "submit")
    await wang.sync()
    assert await wang.troubled() == []


async def test_a_case_with_notice_and_consent_raises_no_question(township: Township) -> None:
    wang = await township.device("王芳")
    case = await case_of(township, wang, identity_number=ZHANG)
    assert await wang.lacking_consent(case) == ("notice", "sensitive")
    await wang.agree(case, "notice", GRANDMOTHER)
    assert await wang.lacking_consent(case) == ("sensitive",)
    await wang.agree(case, "sensitive", GRANDMOTHER, mark="fingerprint", witness="李二牛", place="青山村三组")
    assert await wang.lacking_consent(case) == ()
    await handed_in(wang, case)
    assert await tasks_of(township) == []
    clerk = await township.signed_in("赵敏")
    kept = (await clerk.get("/v1/records/consent")).json()
    assert {one["values"]["text_sha256"] for one in kept} == {one.sha256 for one in TEXTS}
    assert ZHANG not in str(kept)


async def test_whom_it_is_about_comes_behind_the_rest_and_is_of_one_save_with_it(township: Township) -> None:
    wang = await township.device("王芳")
    case = await case_of(township, wang)
    consent = await wang.agree(case, "notice", GRANDMOTHER)
    await wang.sync()
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get("/v1/conflicts")).json() == []
    kept = (await clerk.get(f"/v1/records/consent/{consent}")).json()
    assert kept["authors"]["about"] == "王芳"
    other = {"fields": {"about": {"name": "李二牛"}}, "seen": kept["position"]}
    assert (await clerk.patch(f"/v1/records/consent/{consent}", json=other)).json()["code"] == "field.held"
    assert (await clerk.get(f"/v1/records/consent/{consent}")).json()["authors"]["about"] != "赵敏"


async def test_a_case_without_them_goes_on_and_somebody_sees_to_it(township: Township) -> None:
    """Help first: it is not refused."""
    wang = await township.device("王芳")
    case = await case_of(township, wang, account={"bank": "信用社", "number": "6217001234567890"})
    await wang.agree(case, "notice", GRANDMOTHER)
    await handed_in(wang, case)
    assert await tasks_of(township) == [("consent.missing", case)]
    clerk = await township.signed_in("赵敏")
    received = await clerk.post(f"/v1/records/application/{case}/commands/receive", json={})
    assert received.status_code == 200
    assert (await clerk.get(f"/v1/records/application/{case}")).json()["status"] == "received"


async def test_what_needs_no_sensitive_data_needs_no_signature(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    case = await case_of(sqlite_township, wang)
    assert await wang.lacking_consent(case) == ()
    await handed_in(wang, case)
    assert await tasks_of(sqlite_township) == []


async def test_for_a_child_the_guardian_is_asked_at_the_home_and_missed_at_the_centre(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    child = child_of(town, days=2)
    case = await case_of(town, wang, identity_number=child, applicant="张小宝")
    about = {"name": "张小宝", "identity_number": child}
    assert await wang.lacking_consent(case) == ("notice", "sensitive", "guardian")
    with pytest.raises(DeviceError) as told:
        await wang.agree(case, "sensitive", about)
    assert told.value.code == "consent.guardian"
    await handed_in(wang, case)
    assert await tasks_of(town) == [("consent.child", case)]
    await wang.agree(case, "notice", about, given_by="guardian", guardian=GUARDIAN)
    await wang.agree(case, "sensitive", about, given_by="guardian", guardian=GUARDIAN)
    assert await wang.lacking_consent(case) == ()


async def test_the_day_on_which_it_was_collected_counts(sqlite_township: Township) -> None:
    """She is fourteen when the phone comes back, and was thirteen at the home."""
    town = sqlite_township
    wang = await town.device("王芳", now=town.clock)
    child = child_of(town, days=3)
    case = await case_of(town, wang, identity_number=child, collected_at=town.clock())
    for text in ("notice", "sensitive"):
        await wang.agree(case, text, {"name": "张小宝", "born": "1990-01-01"})
    town.clock.ahead += 10 * 86_400_000
    await handed_in(wang, case)
    assert await tasks_of(town) == [("consent.child", case)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"mark": "fingerprint"}, "consent.witness"),
        ({"given_by": "oral", "mark": "spoken"}, "consent.witness"),
        ({"mark": "fingerprint", "witness": "王芳"}, "consent.witness"),
        ({"given_by": "oral", "mark": "spoken", "witness": " 王 芳"}, "consent.witness"),
        ({"mark": "fingerprint", "witness": "张桂兰"}, "consent.witness"),
        ({"given_by": "guardian"}, "consent.guardian"),
        ({"text_sha256": "0" * 64}, "consent.text"),
    ],
)
async def test_what_is_wrong_is_said_while_they_sit_at_the_table(
    sqlite_township: Township, given: dict[str, Any], code: str
) -> None:
    wang = await sqlite_township.device("王芳")
    case = await case_of(sqlite_township, wang, identity_number=ZHANG)
    with pytest.raises(DeviceError) as told:
        await wang.agree(case, "sensitive", GRANDMOTHER, **given)
    assert told.value.code == code
    assert await wang.records("consent") == []


@pytest.mark.parametrize(
    "witness",
    ["王芳", "王 芳", "0915-3212345", "小王 915 3212345", "张桂兰"],
    ids=["name", "spaced", "telephone", "beside", "signer"],
)
async def test_who_took_it_down_is_no_witness_whatever_his_phone_let_him_write(
    sqlite_township: Township, witness: str
) -> None:
    """A phone of somebody else's making asks nobody: the centre shows that it does not fit, and misses the consent."""
    wang = await sqlite_township.device("王芳")
    case = await case_of(sqlite_township, wang, identity_number=ZHANG)
    await wang.agree(case, "notice", GRANDMOTHER)
    form = await wang.new("consent")
    signed = texts.current("sensitive")
    words = {"text": signed.kind, "text_version": signed.version, "text_sha256": signed.sha256}
    given = {"given_by": "self", "mark": "fingerprint", "given_at": 1, "witness": witness}
    await wang.save(form, {"application": case, "about": GRANDMOTHER, **words, **given})
    await wang.command(case, "submit")
    await wang.sync()
    clerk = await sqlite_township.signed_in("赵敏")
    kept = (await clerk.get(f"/v1/records/consent/{form.record}")).json()
    assert kept["values"]["taken_by"]["name"] == "王芳"
    assert "这几项合在一起不对" in (await (await browser_of(sqlite_township, "赵敏")).get("/summary")).text
    assert await tasks_of(sqlite_township) == [("consent.missing", case)]
    assert await wang.lacking_consent(case) == ("sensitive",)


async def test_who_takes_it_back_stops_what_would_follow_and_undoes_nothing(township: Township) -> None:
    wang = await township.device("王芳")
    case = await case_of(township, wang, identity_number=ZHANG)
    await wang.agree(case, "notice", GRANDMOTHER)
    consent = await wang.agree(case, "sensitive", GRANDMOTHER)
    await handed_in(wang, case)
    await wang.command(consent, "withdraw", {"reason": "女儿不让办了"})
    await wang.sync()
    assert await wang.troubled() == []
    assert await tasks_of(township) == [("consent.withdrawn", case)]
    assert await wang.lacking_consent(case) == ("sensitive",)
    clerk = await township.signed_in("赵敏")
    kept = (await clerk.get(f"/v1/records/consent/{consent}")).json()
    assert (kept["status"], kept["values"]["withdrawn_why"]) == ("withdrawn", "女儿不让办了")
    assert kept["values"]["withdrawn_by"] == "王芳"
    assert (await clerk.get(f"/v1/records/application/{case}")).json()["status"] == "submitted"
    again = await clerk.post(f"/v1/records/consent/{consent}/commands/withdraw", json={"arguments": {"reason": "x"}})
    assert again.json()["code"] == "command.not_now"


async def test_nobody_puts_other_words_under_a_signature(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    case = await case_of(sqlite_township, wang, identity_number=ZHANG)
    consent = await wang.agree(case, "sensitive", GRANDMOTHER, scope=["身份证号"])
    await wang.sync()
    clerk = await sqlite_township.signed_in("赵敏")
    seen = (await clerk.get(f"/v1/records/consent/{consent}")).json()["position"]
    wider = {"fields": {"scope": ["身份证号", "病历"]}, "seen": seen}
    assert (await clerk.patch(f"/v1/records/consent/{consent}", json=wider)).json()["code"] == "field.held"
    assert (await clerk.get(f"/v1/records/consent/{consent}")).json()["values"]["scope"] == ["身份证号"]


def test_a_text_that_was_signed_is_the_text_that_is_kept() -> None:
    """Whoever changes a word writes a new version beside it."""
    assert all(one.whole for one in TEXTS)
    assert len({(one.kind, one.version) for one in TEXTS}) == len(TEXTS)
    assert [one.sha256 for one in TEXTS] == [
        "47df2bc84b3d06e5ff5c22e801fa4c4f9770e46505dbcd3622fbc62aeb038c7e",
        "2865370d77265f9d4c918876b57168e46c9aaf9bacb6bc4e923d8e2ff723c8c5",
    ]
    assert texts.current("notice").title == "个人信息处理告知书"
    assert texts.of("notice", "2999-1") is None


def test_an_age_that_nobody_knows_makes_no_child() -> None:
    day = datetime.date(2026, 11, 27)
    assert not is_child({"name": "张"}, day)
    assert is_child({"name": "张", "born": "2013-11-27"}, day)
    assert not is_child({"name": "张", "born": "2012-11-27"}, day)
    assert lacking({"note": f"卡号{ZHANG}"}, [], day, photos=False) == ("notice", "sensitive")
    assert lacking({"note": "没有号码"}, [], day, photos=True) == ("notice", "sensitive")
