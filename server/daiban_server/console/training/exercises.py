"""练习题: what each role does in a day, where it begins, and whether it was done, where the records tell."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_server.console.training.told import (
    Told,
    answered,
    arranged,
    changed,
    decided,
    device_is,
    hired,
    laid_down,
    more_than,
    never,
    no_task,
    settled,
    spoken_with,
    suspended,
    unreached,
    visited,
)
from daiban_server.training.known import BOOKED, CASES, OWED, RECEPTIONS, UNREACHED, WHOLE, home, page, record

PATH = "/training"


class Exercise(NamedTuple):
    """Something to do: what, where it begins ("" for on the phone), a hint, and whether it was done. `told` is `never`
    for what no record tells."""

    what: str
    path: str
    hint: str
    told: Told = never


_SETTLE = Exercise(
    "定下一处填写不一致",
    "/summary#disputes",
    "张桂兰的电话，两个代办员填得不一样。选一个，或者打电话问清楚再定。",
    settled("came"),
)
_BOOK = Exercise(
    "约一次上门",
    f"/visits/book?case={record('book').hex()}",
    "孙玉梅的监测帮扶要入户核实。选一个时间，照着页面上的话告诉她。",
    visited(home(BOOKED)),
)

EXERCISES: Mapping[str, Sequence[Exercise]] = {
    "clerk": (
        Exercise(
            "登记一次接待",
            "/receive",
            "来人问“高龄补贴几岁能领”，没有带材料，当场答复。",
            spoken_with(RECEPTIONS),
        ),
        Exercise(
            "收一件新办件",
            "/receive",
            "给来人办城乡居民医保参保：先找到他家，没有就登记一户。",
            more_than("application", CASES),
        ),
        Exercise(
            "当场办结一件", page("cases", "spot"), "何玉珍的医保参保登记，材料齐了，当场就能办。", decided("spot")
        ),
        Exercise(
            "一次告知缺的材料",
            page("cases", "short"),
            "李建国少带了材料。一次说全，打印告知单给他。",
            changed("short", "submitted", "received"),
        ),
        Exercise(
            "受理代办员交来的申请",
            page("cases", "came"),
            "张桂兰的低保申请是代办员上门收的，看看材料和委托书再受理。",
            changed("came", "submitted", "received"),
        ),
        Exercise(
            "找到今天到期的办件，办结它",
            "/summary#limits",
            "陈福来的临时救助，今天是承诺的最后一天；遇上休息日是下一个工作日。",
            decided("due"),
        ),
        _SETTLE,
        _BOOK,
        Exercise(
            "处理完一条待办",
            "/summary#tasks",
            "代办员报来“已送达”，可这件事还没有结果。问清楚，再按“记为办完”。",
            no_task("waits"),
        ),
    ),
    "head": (
        Exercise(
            "审核通过一台手机",
            page("devices", "new phone"),
            "当面和他手机上的核对码一个字一个字对。练习里没有真手机，就当对过了。",
            device_is("new phone", "active"),
        ),
        Exercise("挂失一台手机", "/devices", "有一台手机三天没有联系了，先挂失，找到了再恢复。", suspended),
        _SETTLE,
        Exercise(
            "看看谁的办件超期了",
            page("cases", "over"),
            "吴秀英的冬春救助过了承诺的日子。办结它，或者写明理由延期。",
            decided("over"),
        ),
        Exercise(
            "安排一次请假顶岗",
            "/visits/away",
            "一位代办员下周要请三天假，定下谁来顶，看看哪些上门受影响。",
            arranged,
        ),
        Exercise("核对一处疑似重户", "/households/duplicates", "刘玉兰和刘育兰住得近，电话也一样。看看是不是一家人。"),
        Exercise(
            "把没有时间的上门排进这一周",
            "/visits",
            "韩桂珍还等着上门。在周历里给她约一个时间。",
            changed("unplanned", "requested"),
        ),
        Exercise("打印今天的登记簿", "/registers", "看看今天谁来过，打印一页。练习的纸上有“练习”两个字。"),
    ),
    "cadre": (
        Exercise("找到自己欠着的回复", "/replies", "一户明天到期，一户已经过了日子，还有一户归另一位干部。"),
        Exercise(
            "给徐长贵家回复一次",
            page("households", home(OWED)),
            "打个电话，告诉他特困认定办到哪一步，再记下来。",
            answered("owed"),
        ),
        Exercise(
            "没联系上也记一次",
            page("households", home(UNREACHED)),
            "电话没有人接。记下没联系上，回复还欠着，改天再打。",
            unreached(home(UNREACHED)),
        ),
        Exercise("看一看这户的全部情况", page("households", home(WHOLE)), "家里有什么人，办着什么事，谁去过。"),
        _BOOK,
        _SETTLE,
    ),
    "district": (
        Exercise("比一比两个中心", "/summary", "哪个中心有超期的办件，哪个欠着回复。"),
        Exercise("看一个数字后面是哪些办件", "/figures", "点开“超期”后面的数字，看看是哪几件。"),
        Exercise("把一天设成休息日", "/calendar", "下个月有一天全区停电检修，各中心的期限会跟着变。", laid_down),
        Exercise(
            "录用一名审计员",
            "/people/new",
            "他只看谁看过什么，不看办件。首次登录用的密码只显示一次。",
            hired("auditor"),
        ),
        Exercise("改一个事项，先看再发布", "/catalogue", "给一个事项少要一份材料，发布以前看清楚改了什么。"),
        Exercise("看看存证", "/trust", "收到的每一批内容都在日志里，谁也改不掉。"),
    ),
}
AGENTS: Sequence[Exercise] = (
    Exercise("登记手机", "", "请负责人在“手机登记”里出一个登记码，扫码，对核对码，等审核通过。"),
    Exercise("上门收一件申请", "", "找到自己村里的一户，填申请，拍材料，请住户签委托书。"),
    Exercise("没有信号也照样填", "", "打开飞行模式再填一件，回到有信号的地方同步，看看都交上去了没有。"),
    Exercise("接下一次上门", "", "看看这几天约了哪几家，确认，到了报“已到家”，办完报“已办完”。"),
    Exercise("没有人在家", "", "报“无人在家”，看看中心怎么改约。"),
    Exercise("交回手机以前", "", "看一眼能不能交回：没有收讫的还有几条。"),
)
