"""Entries that every language reads alike, and where each odd one is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas import entry, strict
from daiban_schemas.kinds import KINDS
from daiban_schemas.strict import StrictnessError
from tests.schemas.spelling import RECORD, body_of, refused, taken, values_of

# What people write comes back ----------------------------------------------------------------------------------


def test_a_change_a_command_and_a_report_come_back_as_they_were_written() -> None:
    change = entry.change(
        RECORD, "application", {"note": "一\n二", "urgent": True}, seen=3, at=17, over={"note": [1, 2]}
    )
    command = entry.command(RECORD, "application", "refuse", {"reason": "缺材料"}, expected=2, at=17, by="ab" * 16)
    report = entry.report(RECORD, "application", "collected", {"papers": ["户口簿"]}, at=17)
    one, two, three = taken(change), taken(command), taken(report)
    assert (one.action, values_of(one), one.seen, one.over) == (
        "change",
        {"note": "一\n二", "urgent": True},
        3,
        {"note": [1, 2]},
    )
    assert (two.action, two.command, two.expected, two.by) == ("command", "refuse", 2, "ab" * 16)
    assert strict.plain(two.arguments) == {"reason": "缺材料"}  # type: ignore[arg-type]
    assert (three.action, three.report, strict.plain(three.facts)) == ("report", "collected", {"papers": ["户口簿"]})  # type: ignore[arg-type]


def test_members_of_newer_clients_are_kept_since_the_bytes_are() -> None:
    body = body_of('"fields":{"note":"a","newer":{"deep":[1,{"x":null}]}}', '"at":1', '"mood":{"calm":true}')
    assert values_of(taken(body)) == {"note": "a", "newer": {"deep": [1, {"x": None}]}}


@pytest.mark.parametrize(
    "body",
    [
        body_of(' "fields" : { "note" : "a" } ', '\n"at":\t1 '),
        body_of('"fields":{"n\\u006fte":"\\u0061"}', '"\\u0061t":1'),
        body_of('"at":1', '"fields":{"note":"a"}'),
        body_of('"fields":{"note":"a"}', '"at":1', '"seen":0'),
        body_of('"fields":{"note":"a"}', '"at":1') + b" \n",
        b" " + body_of('"fields":{"note":"a"}', '"at":1'),
    ],
)
def test_another_spelling_of_the_same_entry_is_the_same_entry(body: bytes) -> None:
    decoded = taken(body)
    assert (decoded.at, decoded.seen, values_of(decoded)) == (1, 0, {"note": "a"})


# Case 12 -------------------------------------------------------------------------------------------------------


def deep(count: int, opening: str = "[", closing: str = "]") -> str:
    return opening * count + closing * count


@pytest.mark.parametrize(
    "body",
    [
        body_of(f'"fields":{{"note":{deep(40_000)}}}'),
        body_of('"fields":{"note":' + deep(40_000, '{"a":', "}").replace("{}", "{") + "1}"),
        body_of(f'"newer":{deep(40_000)}', '"fields":{"note":1}'),
        body_of(f'"command":"submit","arguments":{deep(40_000)}'),
        body_of('"fields":{"note":' + "[" * 40_000),
        b"[" * 40_000,
        b'{"a":' * 40_000,
    ],
)
def test_what_is_nested_forty_thousand_deep_is_refused_and_nothing_breaks(body: bytes) -> None:
    assert refused(body) in ("nested too deep", "not an entry")


@pytest.mark.parametrize("where", ['"fields":{"note":%s}', '"fields":{"note":1},"newer":[%s]'])
def test_sixteen_levels_are_taken_and_seventeen_are_not(where: str) -> None:
    inner = strict.DEPTH - 2
    taken(body_of(where % deep(inner)))
    assert refused(body_of(where % deep(inner + 1))) == "nested too deep"


@given(st.lists(st.tuples(st.booleans(), st.text('a"\\\\/[]{}', max_size=6)), min_size=1, max_size=24))
def test_depth_is_that_of_the_value_and_not_of_what_its_texts_look_like(levels: list[tuple[bool, str]]) -> None:
    value: Any = 1
    for is_list, text in levels:
        value = [text, value, text] if is_list else {text: value}
    written = json.dumps(value).encode()
    if len(levels) <= strict.DEPTH:
        assert strict.plain(written) == value
    else:
        with pytest.raises(StrictnessError, match="nested too deep"):
            strict.check_text(written)


def test_brackets_in_a_text_are_no_nesting() -> None:
    text = "[{" * 1000 + '\\"[{\\\\'
    assert values_of(taken(body_of(f'"fields":{{"note":"{text}"}}')))["note"] == "[{" * 1000 + '"[{\\'


@pytest.mark.parametrize("odd", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe4\xb8"])
@pytest.mark.parametrize(
    "where",
    [
        b'"fields":{"note":"%s"}',
        b'"fields":{"%s":1}',
        b'"fields":{"note":1},"newer":"%s"',
        b'"fields":{"note":1},"%s":1',
        b'"command":"refuse","arguments":{"reason":"%s"}',
    ],
)
def test_what_is_no_utf_8_is_refused_wherever_it_stands(odd: bytes, where: bytes) -> None:
    body = body_of("@").replace(b"@", where % odd)
    assert refused(body) == "not UTF-8"


@pytest.mark.parametrize(
    "text",
    [
        "\\u0000",
        "a\\u0000b",
        "\\\\\\u0000",
        "\x00",
        "\\ud800",
        "\\udfff",
        "\\ud800\\u0061",
        "\\udc00\\ud800",
        "\\ud83d\\ud83d\\ude00",
        "\x01",
        "\n",
        "\\q",
        "\\u12",
        "\\U0041",
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        '"fields":{"note":"@"}',
        '"fields":{"a":{"@":1}}',
        '"fields":{"note":1},"newer":"@"',
        '"fields":{"note":1},"newer":{"@":1}',
        '"fields":{"note":1},"@":1',
        '"command":"refuse","arguments":{"reason":"@"}',
        '"command":"refuse","arguments":{"@":1}',
        '"report":"collected","facts":{"note":"@"}',
        '"fields":{"note":1},"by":"@"',
    ],
)
def test_texts_that_parsers_read_differently_are_refused_wherever_they_stand(text: str, where: str) -> None:
    assert refused(body_of(where.replace("@", text)))


@pytest.mark.parametrize(
    "text", ["\\\\u0000", "\\\\\\\\u0000", "u0000", "\\\\ud800", "\\ud83d\\ude00", "😀", "\\/", "\u007f"]
)
def test_texts_that_only_look_odd_are_taken(text: str) -> None:
    expected = json.loads(f'"{text}"')
    assert values_of(taken(body_of(f'"fields":{{"note":"{text}"}}')))["note"] == expected


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "01", "+1", "1.", ".5", "0x10", "1e999", "-1e999", "1_0"]
)
@pytest.mark.parametrize(
    "where",
    ['"fields":{"note":@}', '"fields":{"note":1},"newer":@', '"command":"accept","arguments":{"days":@}', '"at":@'],
)
def test_numbers_that_are_no_json_are_refused_wherever_they_stand(number: str, where: str) -> None:
    assert refused(body_of(where.replace("@", number)))


LONG = "123456789012345678901234567890"


@pytest.mark.parametrize("number", [LONG, "-" + LONG, str(2**53), str(-(2**53)), "1" * 5000])
@pytest.mark.parametrize(
    "where",
    [
        '"fields":{"note":1},"at":@',
        '"fields":{"note":1},"seen":@',
        '"fields":{"note":1},"over":{"note":[@]}',
        '"fields":{"note":1},"newer":@',
        '"fields":{"note":1},"newer":{"deep":[@]}',
        '"command":"submit","expected":@',
        '"command":"accept","arguments":{"days":@}',
        '"command":"accept","arguments":{"newer":[@]}',
        '"report":"collected","facts":{"newer":@}',
    ],
)
def test_a_number_that_javascript_rounds_is_refused_when_the_entry_is_read(number: str, where: str) -> None:
    assert refused(body_of(where.replace("@", number)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("collected_at", LONG),
        ("collected_at", "1e15"),
        ("account", f'{{"bank":"农商行","number":{LONG}}}'),
        ("account", f'{{"bank":"农商行","number":"62","newer":{LONG}}}'),
        ("account", f'{{"bank":"农商行","number":"62","newer":[{{"deep":{LONG}}}]}}'),
        ("account", '{"bank":"农商行","number":"62","newer":1e300}'),
    ],
)
def test_a_long_number_in_a_field_that_is_known_is_refused_by_its_type(field: str, value: str) -> None:
    """The batch is taken into custody; this entry is refused with the field named."""
    values = values_of(taken(body_of(f'"fields":{{"{field}":{value}}}')))
    assert KINDS["application"].problem(field, values[field]) is not None


@pytest.mark.parametrize("value", [LONG, f"[{LONG}]", f'{{"a":{LONG}}}', "1e300", "-1e16", f'"{"字" * 20_001}"'])
def test_a_value_beyond_the_limits_in_a_field_that_is_unknown_is_refused_by_check_value(value: str) -> None:
    values = values_of(taken(body_of(f'"fields":{{"answers.income":{value}}}')))
    with pytest.raises(StrictnessError):
        strict.check_value(values["answers.income"])


def test_the_limits_themselves_are_taken() -> None:
    values = values_of(taken(body_of(f'"fields":{{"a":{2**53 - 1},"b":{1 - 2**53},"c":"{"字" * 20_000}","d":0.5}}')))
    strict.check_value(values)


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '{"\\udc00":1}', '[{"a":{"\\ud800\\u0061":1}}]', '{"\\u0000":1}', '"\\u0000"']
)
def test_plain_looks_at_keys_as_at_values(text: str) -> None:
    """A library without our decoder's own checks would let these pass."""
    with pytest.raises(StrictnessError):
        strict.plain(text.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_plain_guesses_at_no_encoding(encoding: str) -> None:
    with pytest.raises(StrictnessError):
        strict.plain('{"a":1}'.encode(encoding))
