"""Templates are written in Chinese, and what they say is found by itself."""

import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment

from daiban_server.console.languages.extracting import CONSOLE, literals, others, renewed
from daiban_server.console.languages.marking import Marking, texts
from daiban_server.console.languages.spoken import PLACE, catalogue, finalize, plain, run, say, speak
from daiban_server.console.templates import TEMPLATES

WORDS = {
    "还有 {0} 件": "{0} left",
    "{0} 天后": "in {0} {0:day|days}",
    "删除：{0}": "Delete: {0}",
    "手机": "phone",
    "第 {0} 页": "page {0}",
    "已收下。": "Received.",
}


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("daiban_server.console.languages.spoken.LANGUAGES", {"zh": "中文", "en": "English"})
    monkeypatch.setattr("daiban_server.console.languages.spoken.catalogue", lambda language: WORDS)
    speak("en")
    yield
    speak("zh")


def rendered(source: str, **given: object) -> str:
    environment = Environment(autoescape=True, extensions=[Marking], finalize=finalize)
    environment.globals |= {"_run": run, "_plain": plain}
    return environment.from_string(source).render(**given)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>还有 {{ n }} 件</p>", "<p>3 left</p>"),
        ("<p>\n  还有 {{ n }} 件\n</p>", "<p>\n  3 left\n</p>"),
        ('<button aria-label="删除：{{ name }}">x</button>', '<button aria-label="Delete: &lt;b&gt;">x</button>'),
        ("<b>{{ thing }}</b>", "<b>phone</b>"),
        ('<option value="{{ thing }}">{{ thing }}</option>', '<option value="手机">phone</option>'),
        ("<textarea>{{ thing }}</textarea>", "<textarea>手机</textarea>"),
        ('<i class="{{ "x" if n else "y" }}"></i>', '<i class="x"></i>'),
        ("<p>没有翻译 {{ name }}</p>", "<p>没有翻译 &lt;b&gt;</p>"),
        ("{% if n > 1 %}第 {{ n }} 页{% endif %}", "page 3"),
        ("<p>已收下。<b>{{ thing }}</b></p>", "<p>Received. <b>phone</b></p>"),
    ],
)
def test_what_people_read_is_said_in_their_language_and_what_machines_read_is_not(source: str, shown: str) -> None:
    assert rendered(source, n=3, name="<b>", thing="手机") == shown


@pytest.mark.usefixtures("english")
def test_a_translation_chooses_its_word_by_the_number() -> None:
    assert [say("{0} 天后", number) for number in (0, 1, 2)] == ["in 0 days", "in 1 day", "in 2 days"]
    assert rendered("<p>{{ n }} 天后</p>", n=1) == "<p>in 1 day</p>"


def test_in_chinese_everything_stands_as_it_was_written() -> None:
    speak("zh")
    assert rendered("<p>还有 {{ n }} 件</p>", n=3) == "<p>还有 3 件</p>"
    assert say("还有 {0} 件", 3) == "还有 3 件"


def test_what_a_template_says_is_found() -> None:
    source = '<h1 title="手机">还有 {{ n }} 件</h1>{{ "有" if n else "无" }}<input value="{{ n }}">'
    assert texts(source) == ["手机", "还有 {0} 件", "有", "无"]


def test_no_text_of_the_console_is_put_together_behind_the_catalogues_back() -> None:
    """An f-string with Chinese in it has no translation; `say` has one."""
    for path in CONSOLE.rglob("*.py"):
        assert not re.search(r'\bf"[^"]*[\u4e00-\u9fff]', path.read_text("utf-8")), path
        list(literals(path))


def test_a_language_that_is_offered_has_a_word_for_everything() -> None:
    for language in others():
        lacking = [str(one.id) for one in renewed(language) if one.id and not one.string]
        assert lacking == []
        for text, said in catalogue(language).items():
            assert {one[1] for one in PLACE.finditer(text)} == {one[1] for one in PLACE.finditer(said)}, text


def test_every_template_compiles() -> None:
    environment = TEMPLATES.engine_instance.engine
    for name in environment.list_templates():
        environment.get_template(name)


@pytest.mark.parametrize("language", others())
def test_what_bears_a_name_of_its_own_in_chinese_bears_one_in_each_language(language: str) -> None:
    """Who goes by landmarks tells the menu from the pages of a list by their names."""
    pages = "".join(file.read_text("utf-8") for file in (CONSOLE / "templates").rglob("*.html"))
    names = set(re.findall(r'<nav[^>]*aria-label="([^"]+)"', pages))
    said = catalogue(language)
    assert len({said[name] for name in names}) == len(names), sorted((said[name], name) for name in names)
