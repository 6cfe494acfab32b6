"""Random forms, items and windows that the catalogue takes, in their canonical form."""

from typing import Any

from hypothesis import strategies as st

from daiban_schemas.kinds.item import MODES, TYPES
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.check import canonical, form_flaws, item_flaws
from tests.catalogue.workbooks import CENTRES

_NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'",
    '"',
    "\\",
    "a,b;c",
    "、",
    "是",
    "30工作日",
    "TRUE",
    "1",
    "0.5",
    "2026-01-31",
    "<b>&",
]
_LETTERS = st.characters(exclude_categories=["C", "Zl", "Zp"])


def texts(longest: int = 20, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Texts that say something, some of which a spreadsheet would like to take for something else."""
    drawn = st.text(_LETTERS, min_size=1, max_size=longest)
    if lines:
        drawn = st.lists(drawn, min_size=1, max_size=3).map("\n".join)
    fits = [text for text in _NASTY if len(text) <= longest]
    return st.one_of(st.sampled_from(fits), drawn).map(str.strip).filter(lambda text: bool(text) and "_x" not in text)


def limits() -> st.SearchStrategy[dict[str, Any]]:
    """Time limits."""
    return st.fixed_dictionaries({"days": st.integers(0, 400), "unit": st.sampled_from(["working", "calendar"])})


_IDS = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True).filter(lambda id_: id_ != "meta")
_CHOICES = st.lists(texts(8), min_size=1, max_size=4, unique=True)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A question without a condition."""
    plain = ["text", "lines", "integer", "money", "date", "flag", "choice", "choices", "phone", "identity_number"]
    question: dict[str, Any] = {"id": draw(_IDS), "label": draw(texts(30)), "type": draw(st.sampled_from(plain))}
    if draw(st.booleans()):
        question["required"] = True
    if question["type"] in ("choice", "choices"):
        question["choices"] = draw(_CHOICES)
    if question["type"] in ("text", "lines") and draw(st.booleans()):
        question["longest"] = draw(st.integers(1, 2000))
    if question["type"] == "integer":
        question |= draw(
            st.sampled_from([{}, {"least": -5}, {"most": 70}, {"least": -(10**9), "most": -1}, {"least": 3}])
        )
    return question


@st.composite
def forms(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A form, some of whose questions depend on earlier ones."""
    form = draw(st.lists(questions(), min_size=1, max_size=5, unique_by=lambda question: question["id"]))
    for number, question in enumerate(form):
        earlier = [one for one in form[:number] if one["type"] in ("flag", "choice", "integer")]
        if earlier and draw(st.booleans()):
            on = draw(st.sampled_from(earlier))
            question["when"] = {"id": on["id"], "is": draw(_answers(on))}
    assert list(form_flaws(form)) == []
    return form


def _answers(question: dict[str, Any]) -> st.SearchStrategy[Any]:
    if question["type"] == "flag":
        return st.booleans()
    if question["type"] == "choice":
        return st.sampled_from(question["choices"])
    return st.integers(question.get("least", 0), question.get("most", 10**9))


_FLAG = st.sampled_from([True, False])
_PAPERS = st.lists(
    st.fixed_dictionaries(
        {"name": texts()}, optional={"form": st.sampled_from(["original", "copy"]), "shared": _FLAG, "note": texts()}
    ),
    max_size=4,
    unique_by=lambda paper: paper["name"],
)
_FLOW = st.lists(st.fixed_dictionaries({"name": texts()}, optional={"who": texts(), "note": texts()}), max_size=4)
_SPECIAL = st.lists(
    st.fixed_dictionaries({"name": texts(), "counted": st.booleans()}, optional={"limit": limits(), "note": texts()}),
    max_size=3,
    unique_by=lambda step: step["name"],
)


@st.composite
def items(draw: st.DrawFn, code: str, window: str) -> dict[str, Any]:
    """An item of a window."""
    fields = {
        "code": st.just(code),
        "window": st.just(window),
        "name": texts(40),
        "promised_limit": limits(),
        "modes": st.lists(st.sampled_from(MODES), min_size=1, unique=True),
    }
    more = {
        "order": st.integers(0, 10_000),
        "type": st.sampled_from(TYPES),
        "ages": st.lists(st.integers(0, 150), max_size=3),
        **dict.fromkeys(("basis", "conditions", "note"), texts(lines=True)),
        **dict.fromkeys(("body", "audience", "fee", "fee_basis"), texts()),
        **dict.fromkeys(("legal_limit", "accept_limit", "notice_limit", "send_up_limit"), limits()),
        "trips": st.integers(0, 9),
        "crew": st.integers(1, 2),
        "minutes": st.integers(5, 480),
        "reply_every": st.integers(1, 400),
        "person_must_come": _FLAG,
        "paper_mandate_only": _FLAG,
        "papers": _PAPERS,
        "flow": _FLOW,
        "special_steps": _SPECIAL,
        "form": forms(),
    }
    drawn = draw(st.fixed_dictionaries(fields, optional=more))
    promised, legal = drawn["promised_limit"], drawn.get("legal_limit")
    if legal is not None and legal["unit"] == promised["unit"] and legal["days"] < promised["days"]:
        drawn["legal_limit"] = promised  # no law allows less than is promised
    item = canonical(drawn)
    assert list(item_flaws(item)) == []
    return item


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Up to three windows with up to four items; of some items an edition stands already."""
    names = draw(st.lists(texts(12), min_size=1, max_size=3, unique=True))
    windows = []
    for number, name in enumerate(names):
        where = draw(
            st.sampled_from([{"everywhere": True}, {"centres": list(CENTRES)}, {"centres": list(CENTRES)[:1]}])
        )
        about = draw(st.fixed_dictionaries({}, optional={"about": texts(lines=True), "order": st.integers(0, 1000)}))
        desk = draw(st.sampled_from(["window", "enquiry", "land", "stuck"]))
        windows.append({"code": f"W{number}", "name": name, "desk": desk, **where, **about})
    codes = [f"IT-{number:02}" for number in range(draw(st.integers(1, 4)))]
    drawn = [draw(items(code, draw(st.sampled_from(names)))) for code in codes]
    based = {code: draw(st.integers(1, 50)) for code in codes if draw(st.booleans())}
    return Catalogue(tuple(windows), tuple(drawn), based)
