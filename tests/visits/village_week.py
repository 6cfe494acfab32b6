"""A small township to tell stories in: three villages on a road, 王芳 and 李强 of one post."""

from datetime import date

from daiban_server.features.visits.engine.model import (
    Agent,
    Point,
    Post,
    Promise,
    Settings,
    Stop,
    Visit,
    Week,
    Window,
    moment,
)
from daiban_server.features.visits.engine.travel import GreatCircle

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
PLACES = {"shizhuan": "石转村", "guanmiao": "关庙村", "longquan": "龙泉村"}


def on_road(km: float) -> Point:
    """A point on the valley road, which runs due north; about one kilometre is 0.009 degrees."""
    return Point(32.68 + km * 0.009, 109.03)


def half_days(*days: date) -> tuple[Window, ...]:
    return tuple(
        Window(moment(day, *opens), moment(day, *closes))
        for day in days
        for opens, closes in (((8, 30), (12, 0)), ((14, 0), (18, 0)))
    )


def agent(id: str, name: str, km: float = 0.0, **changes: object) -> Agent:
    values = {"shifts": half_days(TUESDAY, WEDNESDAY), "skills": frozenset({"relief"}), **changes}
    return Agent(id, name, on_road(km), **values)


WANG, LI = agent("wang", "王芳"), agent("li", "李强", km=1.0)
POST = Post("north", a="wang", b="li", territory=frozenset({"shizhuan", "guanmiao"}))


def between(day: date, opens: tuple[int, int], closes: tuple[int, int]) -> Window:
    return Window(moment(day, *opens), moment(day, *closes))


MORNING = between(WEDNESDAY, (9, 0), (11, 0))


def home_of(name: str, km: float, *windows: Window, **changes: object) -> Visit:
    """A home in 石转村 that many kilometres up the road, forty minutes' work there."""
    values = {"place": "shizhuan", "service": 2400, "items": frozenset({"relief"}), **changes}
    return Visit(name, f"household-{name}", point=on_road(km), windows=windows or (MORNING,), **values)


def standing(
    visit: Visit, crew: str, day: date, hour: int, minute: int = 0, promise: Promise = Promise.ACCEPTED
) -> Stop:
    start = moment(day, hour, minute)
    return Stop(visit, tuple(crew.split()), start, start, promise)


def week(*stops: Stop, agents: tuple[Agent, ...] = (WANG, LI), **changes: object) -> Week:
    """Monday evening; the two days that follow lie before the clerk."""
    values = {
        "now": moment(date(2026, 11, 23), 18),
        "posts": (POST,),
        "travel": GreatCircle(detour=1.5, speed=30.0),  # 3 minutes a kilometre
        "settings": Settings(),
        "places": PLACES,
        **changes,
    }
    return Week(agents=agents, stops=stops, **values)
