"""Posts with A and B: whoever is appointed has the villages on the phone, and loses them with the last reason."""

import pytest

from tests.posts.team import Team


def test_a_and_b_get_the_villages_of_their_post_and_are_told(team: Team) -> None:
    post = team.post("王芳", "刘强", team.place, team.river)
    assert team.places("王芳") == {team.place: "A", team.river: "A"}
    assert team.places("刘强") == {team.place: "B", team.river: "B"}
    values = team.values(post)
    assert (values["status"], values["a"]["name"], values["b"]["name"]) == ("held", "王芳", "刘强")
    assert values["a"]["badge"] == "0"
    assert team.told("刘强") == ["您的岗位有调整：王芳代办岗，A岗王芳，B岗刘强。"]


def test_another_b_takes_the_place_of_the_first(team: Team) -> None:
    post = team.post("王芳", "刘强", team.place, team.river)
    named = {"a": team.people["王芳"].hex(), "b": team.people["周静"].hex(), "places": [team.place.hex()]}
    assert team.give("李红", "post", post, "appoint", **named) == "merged"
    assert team.places("刘强") == {}
    assert team.places("周静") == {team.place: "B"}
    assert team.places("王芳") == {team.place: "A"}


def test_what_somebody_has_by_another_post_stays_with_the_rank_of_that_one(team: Team) -> None:
    first = team.post("王芳", "刘强", team.place)
    team.post("周静", "王芳", team.place, team.river)
    assert team.places("王芳") == {team.place: "A", team.river: "B"}
    team.give("李红", "post", first, "close")
    assert team.places("刘强") == {}
    assert team.places("王芳") == {team.place: "B", team.river: "B"}
    assert team.status(first) == "closed"


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [("王芳", "王芳", "post.pair"), ("赵敏", None, "post.role"), ("王芳", "孙亮", "post.role")],
)
def test_a_wrong_appointment_changes_nothing(team: Team, a: str, b: str | None, code: str) -> None:
    post = team.record("李红", "post", title="青山代办岗", role="agent")
    named = {"a": team.people[a].hex(), "places": [team.river.hex()]} | ({"b": team.people[b].hex()} if b else {})
    assert team.give("李红", "post", post, "appoint", **named) == code
    assert (team.status(post), team.places(a).get(team.river)) == ("vacant", None)


def test_places_of_another_centre_are_not_given(team: Team) -> None:
    post = team.record("李红", "post", title="青山代办岗", role="agent")
    named = {"a": team.people["王芳"].hex(), "places": [team.new().hex()]}
    assert team.give("李红", "post", post, "appoint", **named) == "place.unknown"


def test_only_the_head_writes_posts(team: Team) -> None:
    post = team.post("王芳", "刘强", team.place)
    assert team.give("赵敏", "post", post, "close") == "command.not_your_role"
    assert team.give("王芳", "post", post, "close") == "command.not_your_role"
