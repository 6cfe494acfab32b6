"""The console's menu: what there is, in which group, and for whom."""

from typing import NamedTuple

from daiban_server.permissions import may


class Entry(NamedTuple):
    """A page of the menu; whoever has `action` sees it. `district` is its label for the district, "" for the same;
    what is `of_centre` the district has none of."""

    key: str
    path: str
    label: str
    action: str
    district: str = ""
    of_centre: bool = False


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("", (Entry("summary", "/summary", "今日情况", "summary.read", "各中心情况"),)),
    (
        "",
        (
            Entry("receive", "/receive", "接待", "case.receive"),
            Entry("tasks", "/tasks", "待办", "task.read", of_centre=True),
            Entry("cases", "/cases", "办件", "case.read"),
            Entry("feedback", "/feedback", "意见评价", "opinion.read"),
            Entry("replies", "/replies", "定期回复", "obligation.read"),
            Entry("messages", "/messages", "发出的消息", "message.sent"),
            Entry("registers", "/registers", "登记簿", "register.read"),
            Entry("figures", "/figures", "统计", "figure.read"),
        ),
    ),
    (
        "上门",
        (
            Entry("visits", "/visits", "上门周历", "visit.board"),
            Entry("map", "/visits/map", "上门地图", "visit.board"),
            Entry("plan", "/visits/plan", "统一排班", "visit.board"),
            Entry("away", "/visits/away", "请假顶岗", "post.read", of_centre=True),
        ),
    ),
    (
        "管理",
        (
            Entry("catalogue", "/catalogue", "事项目录", "catalogue.read"),
            Entry("people", "/people", "人员", "account.reset"),
            Entry("posts", "/posts", "岗位", "post.read", of_centre=True),
            Entry("duplicates", "/households/duplicates", "疑似重户", "household.read", of_centre=True),
            Entry("calendar", "/calendar", "工作日历", "case.read"),
            Entry("devices", "/devices", "手机登记", "device.read"),
            Entry("settings", "/settings", "设置", "setting.read"),
        ),
    ),
    (
        "留痕",
        (
            Entry("trust", "/trust", "存证", "trust.read"),
            Entry("erasures", "/erasures", "到期资料", "erasure.read"),
            Entry("audit", "/audit", "查看记录", "audit.read"),
        ),
    ),
)


def menu(role: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The groups of a role's menu with their entries as (key, path, label); none that is empty."""
    groups = []
    for title, entries in GROUPS:
        seen = [one for one in entries if may(role, one.action) and not (one.of_centre and role == "district")]
        label = {one.key: one.district if role == "district" and one.district else one.label for one in seen}
        if seen:
            groups.append((title, [(one.key, one.path, label[one.key]) for one in seen]))
    return groups
