"""The engine against brute force, and against the judge, on small random townships."""

from datetime import date

from brute_force import brute_force
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from daiban_server.features.visits.engine.model import (
    DAY,
    Agent,
    Point,
    Post,
    Promise,
    Settings,
    Stop,
    Visit,
    Week,
    Weights,
    Window,
    moment,
)
from daiban_server.features.visits.engine.offers import insert, offers
from daiban_server.features.visits.engine.travel import GreatCircle, Matrix
from daiban_server.features.visits.engine.validate import validate

MONDAY = moment(date(2026, 11, 23))
QUARTER = 900
CENTRES = 6  # points on the map, rows of the matrix

SHIFTS = tuple(
    Window(MONDAY + day * DAY + opens, MONDAY + day * DAY + closes)
    for day in (1, 2)
    for opens, closes in ((8 * 3600 + 1800, 11 * 3600), (14 * 3600, 16 * 3600))
)


def rarely(strategy, otherwise=None):
    return st.integers(0, 5).flatmap(lambda n: st.just(otherwise) if n else strategy)


moments = st.builds(lambda d, q: MONDAY + d * DAY + q * QUARTER, st.integers(1, 2), st.integers(34, 64))
points = st.integers(0, CENTRES - 1).map(lambda row: Point(32.68 + row % 3 * 0.01, 109.03 + row // 3 * 0.02, row))
places = st.sampled_from(["shizhuan", "shizhuan", "guanmiao"])
items = rarely(st.just(frozenset({"insurance"})), frozenset())
promises = st.sampled_from([Promise.PROMISED, Promise.PROMISED, Promise.ACCEPTED])


def measured(cells, row):
    return tuple(0 if row == column else cells[row * CENTRES + column] for column in range(CENTRES))


mounting = GreatCircle()
roads = st.one_of(
    # Two minutes to mount the motorcycle, even for the house next door.
    st.just(lambda a, b: 120 + mounting(a, b)),
    st.builds(GreatCircle, detour=st.just(1.5), speed=st.sampled_from([15.0, 40.0])),
    # Nothing says that a measured matrix is symmetric or keeps the triangle rule.
    st.lists(st.integers(0, 1200), min_size=CENTRES**2, max_size=CENTRES**2).map(
        lambda cells: Matrix(tuple(measured(cells, row) for row in range(CENTRES)))
    ),
)


@st.composite
def windows(draw):
    """An hour or more, beginning in or near some shift."""
    opens = draw(st.sampled_from(SHIFTS)).start + draw(st.integers(-2, 6)) * QUARTER
    return Window(opens, opens + draw(rarely(st.integers(8, 36), 6)) * QUARTER)


def agents(id):
    return st.builds(
        Agent,
        st.just(id),
        st.just(f"代办员{id}"),
        points,
        rarely(st.just(SHIFTS[1:3]), SHIFTS),
        st.just(()) | st.tuples(windows()),
        st.just(frozenset({"insurance"})) | st.just(frozenset()),
        st.integers(1, 4),
    )


asked_windows = st.lists(windows(), min_size=1, max_size=2)
crews = st.sampled_from([1, 1, 1, 2])


def visits(id, crew=crews, asked=asked_windows):
    return st.builds(
        Visit,
        st.just(id),
        st.just(f"household-{id}"),
        places,
        points,
        st.integers(3, 12).map(lambda five: five * 300),
        asked.map(tuple),
        items,
        st.integers(0, 2),
        rarely(moments),
        crew,
        st.none() | st.sampled_from("abc"),
    )


@st.composite
def stops(draw, id):
    """A visit somewhere in a shift, whose resident is at home for at least as long around it."""
    start = draw(st.sampled_from(SHIFTS)).start + draw(st.integers(0, 8)) * QUARTER
    around = st.tuples(st.integers(0, 3), st.integers(3, 8)).map(
        lambda spare: [Window(start - spare[0] * QUARTER, start + spare[1] * QUARTER)]
    )
    visit = draw(visits(id, rarely(st.just(2), 1), around))
    crew = tuple(draw(st.permutations("abc"))[: visit.crew])
    return Stop(visit, crew, start, start + draw(st.sampled_from([0, 0, -1, 1])) * QUARTER, draw(promises))


@st.composite
def weeks(draw):
    """A sound week: each random standing visit is kept only if the judge has nothing against it."""
    week = Week(
        now=draw(rarely(moments.map(lambda moment: moment + 400), MONDAY)),
        agents=tuple(draw(agents(id)) for id in "abc"),
        posts=(
            Post("north", "a", "b", frozenset({"shizhuan", "guanmiao"})),
            Post("south", "c", "a", frozenset({"guanmiao"})),
        ),
        travel=draw(roads),
        settings=Settings(step=QUARTER, weights=Weights(moved=draw(st.sampled_from([0, 900])))),
    )
    for number in range(10):
        more = replace(week, stops=(*week.stops, draw(stops(f"standing-{number}"))))
        week = week if validate(more) else more
    return week


@st.composite
def packed(draw):
    """王芳's morning, full of promises with minutes to spare between them, asked before it or in it."""
    step, begin = 300, SHIFTS[0].start
    free, stops, here = begin, [], draw(points)
    travel, wang = draw(roads), Agent("a", "王芳", here, (SHIFTS[0],), daily_cap=9)
    for number in range(draw(st.integers(2, 4))):
        there, service = draw(points), draw(st.sampled_from([600, 1200]))
        start = -(-(free + travel(here, there)) // step) * step + draw(st.integers(0, 1)) * step
        at_home = Window(start - draw(st.integers(0, 2)) * step, start + service + draw(st.integers(0, 2)) * step)
        visit = Visit(f"standing-{number}", "h", "shizhuan", there, service, (at_home,))
        stops.append(Stop(visit, ("a",), start, start, draw(promises)))
        free, here = start + service, there
    week = Week(
        now=draw(st.just(MONDAY) | st.integers(begin - 900, begin + 4500)),
        agents=(wang,),
        posts=(Post("north", "a", None, frozenset({"shizhuan"})),),
        travel=travel,
        stops=tuple(stops),
        settings=Settings(step, sway=2 * step, notice=0, weights=Weights(moved=draw(st.sampled_from([0, 900])))),
    )
    opens = draw(st.sampled_from(stops)).start + draw(st.integers(-4, 2)) * step
    narrow = Window(opens, opens + draw(st.integers(3, 12)) * step)
    asked = Visit("asked", "h", "shizhuan", draw(points), draw(st.sampled_from([300, 900])), (narrow,))
    return (week, asked) if not validate(week) else (replace(week, stops=()), asked)


@settings(max_examples=50, deadline=None)
@given(weeks(), visits("asked"))
def test_no_insertion_is_cheaper_than_the_first_offer(week, visit):
    answer = offers(week, visit)
    best = brute_force(week, visit)
    assert (answer.offers[0].cost if answer.offers else None) == best


@settings(max_examples=120, deadline=None)
@given(packed())
def test_no_insertion_into_a_packed_morning_is_cheaper(case):
    week, visit = case
    answer = offers(week, visit)
    assert (answer.offers[0].cost if answer.offers else None) == brute_force(week, visit)
    assert not answer.offers or validate(insert(week, visit, answer.offers[0])) == ()


@settings(max_examples=80, deadline=None)
@given(weeks(), visits("asked"))
def test_every_offer_keeps_every_rule(week, visit):
    answer = offers(week, visit, count=20)
    assert bool(answer.offers) != bool(answer.refusals)
    assert visit.crew == 2 or "no_partner" not in {refusal.code for refusal in answer.refusals}
    assert [offer.cost for offer in answer.offers] == sorted(offer.cost for offer in answer.offers)
    for offer in answer.offers:
        assert validate(insert(week, visit, offer)) == ()
        # And once more without the judge, rule by rule.
        assert offer.start >= week.now + week.settings.notice
        assert offer.end - offer.start == visit.service
        assert any(w.start <= offer.start and offer.end <= w.end for w in visit.windows)
        assert visit.deadline is None or offer.end <= visit.deadline
        assert len(set(offer.crew)) == visit.crew
        for agent in (agent for agent in week.agents if agent.id in offer.crew):
            assert visit.items <= agent.skills
            assert any(agent.id in p.agents and visit.place in p.territory for p in week.posts)
            assert any(s.start <= offer.start and offer.end <= s.end for s in agent.shifts)
            assert not any(a.start < offer.end and offer.start < a.end for a in agent.absences)
        for move in offer.moves:
            stop = next(stop for stop in week.stops if stop.visit.id == move.visit)
            assert stop.promise is Promise.PROMISED
            assert stop.start == move.old != move.new
            assert abs(move.new - stop.promised) <= week.settings.sway


@settings(max_examples=50, deadline=None)
@given(weeks(), visits("asked", crew=st.just(1)))
def test_an_absent_a_leaves_the_visit_to_b_alone(week, visit):
    always = (Window(MONDAY, MONDAY + 9 * DAY),)
    gone = tuple(replace(a, absences=always) if a.id == "a" else a for a in week.agents)
    north = replace(week, agents=gone, posts=week.posts[:1], stops=())
    answer = offers(north, visit, count=20)
    assert all(offer.crew == ("b",) and offer.code.startswith("stand_in_") for offer in answer.offers)
    # B alone in the post has the same slots to give: absence costs the resident nothing but a stranger.
    alone = replace(north, posts=(replace(week.posts[0], a="b", b=None),))
    assert [o.start for o in answer.offers] == [o.start for o in offers(alone, visit, count=20).offers]


@settings(max_examples=40, deadline=None)
@given(weeks(), visits("asked"), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_rows(week, visit, random):
    agents, stops, posts = list(week.agents), list(week.stops), list(week.posts)
    for rows in (agents, stops, posts):
        random.shuffle(rows)
    other = replace(week, agents=tuple(agents), stops=tuple(stops), posts=tuple(posts))
    priced = [(o.crew, o.start, o.cost, o.moves) for o in offers(week, visit).offers]
    assert priced == [(o.crew, o.start, o.cost, o.moves) for o in offers(other, visit).offers]
