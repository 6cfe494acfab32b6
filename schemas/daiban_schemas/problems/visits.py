"""What can be wrong with a home visit, its time, and the calendar of who makes it; and what its tasks say."""

from daiban_schemas.problems import Problem

VISITS: dict[str, Problem] = {
    "visit.nobody_free": Problem(409, "这段时间没有人能去", "请换个时间", "Nobody is free", "Offer other times"),
    "visit.slot_taken": Problem(409, "这个时间刚被别人约走", "请另选时间", "Slot just taken", "Choose another"),
    "visit.gone_by": Problem(
        409, "留的时间已经过了", "请另约时间", "The time that was kept went by", "Agree on another time"
    ),
    "visit.outside_windows": Problem(
        409,
        "这个时间不在住户方便的时间里",
        "请先改住户方便的时间，再约",
        "Outside the resident's windows",
        "Change the windows first",
    ),
    "calendar.not_yours": Problem(
        403, "只能给自己设日历", "给别人设请找中心负责人", "Not your calendar", "The head issues those of others"
    ),
    "visit.ask_household": Problem(
        409,
        "原来的代办员不在，这次上门要改期",
        "已留好一个时间，请打电话征得住户同意，再点“已告知住户”",
        "The visit needs another time",
        "One is kept: ask the household, then confirm",
    ),
    "visit.nobody_left": Problem(
        409,
        "原来的代办员不在，没有人能去",
        "请打电话与住户另约时间",
        "Nobody is left for the visit",
        "Call the household and offer other times",
    ),
    "visit.consent_missing": Problem(
        409,
        "改约要住户同意",
        "请先问住户，并写明谁同意、怎样同意的",
        "The household has not agreed",
        "Ask, and say who agreed and how",
    ),
    "visit.not_yours": Problem(
        409, "这次上门已改由别人去", "请看变动经过", "Somebody else goes now", "See the visit's changes"
    ),
    "visit.place_unknown": Problem(
        422, "这户没有位置", "请先补上位置", "Household has no place", "Add its point first"
    ),
}
