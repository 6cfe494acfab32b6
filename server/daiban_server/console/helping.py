"""说明和用语: every help in the order of the menu, and the words of the field in a clerk's words."""

from litestar import get
from litestar.response import Template

from daiban_server.console.help import UNDER, Help, help_of
from daiban_server.console.menu import GROUPS, menu
from daiban_server.console.pages import nothing, show
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices

GLOSSARY = (
    ("收件", "材料到了，登了记，给了收件凭证。只说明收到，还没有说能不能办。"),
    ("受理", "审核过，答应办，从这天起算承诺的期限。收件不等于受理。"),
    ("一次性告知", "缺什么，一次说全，写在一次性告知书上：收件后 1 个工作日内，复杂的 5 个工作日内。"),
    ("补正", "申请人照一次性告知书把缺的补来。补齐以前受理的期限等着，补齐那天重新起算。"),
    ("首问责任人", "群众第一个问到的人。从头到尾对这件事负责，除非写明移交给了谁。"),
    ("经办人", "现在手上办这件事的人，可以和首问责任人不是同一个。"),
    ("直接办理", "当场能办完的，当场办完。"),
    ("限时办理", "比较复杂的：窗口先审核，再答应一个期限，在期限里办完。"),
    ("代为办理", "要上级办的，或者信访：窗口查好材料，讲清要什么、多少天，替群众报上去，一直跟到底。代办不收费。"),
    ("上门办理", "行动不便的：约好时间，代办员到家里办，包联干部定期回复。"),
    ("代办员", "到群众家里收件、送件的人，镇里和村里都有，用手机，没有信号也能办。"),
    ("包联干部", "对一片住户负责的干部，上门收的件由他定期回复办得怎样。"),
    ("定期回复", "包联干部把办到哪一步告诉群众，写一句、记下来，才算一次。"),
    ("AB岗", "每个岗位两个人：A岗不在，B岗马上顶上，窗口总有人。"),
    ("顶岗", "人不在的时候，由别人接着办，有工作交接；回来以后交还。"),
    ("工作日和自然日", "工作日不算周末和放假，自然日天天都算。从第二天起算第一天。"),
    ("承诺办结时限", "我们答应的期限，一般比法定的短。"),
    ("特殊环节", "公示、检验、听证这些不算在期限里的步骤，用暂停计时，并书面告诉申请人。"),
    ("委托书", "群众签给代办员的：办什么、能做什么、到哪天。不能写字的按手印，有见证人。"),
    ("填写不一致", "两个人把同一项填得不一样。两个都留着，由人来定用哪一个。"),
    ("未上报", "还只在手机里，中心没有的。"),
    ("已收讫", "中心收到了，给了签名的回执；手机可以放心。"),
    ("核对码", "登记新手机时，手机上和中心各算出的 24 位数字，一样才是那台手机。"),
    ("挂失和停用", "挂失可以恢复，停用不能。手机不见了，先挂失。"),
    ("单独存放", "停用或冻结的手机交来的，不并入办件，等人核对。"),
    ("存证", "收下的每一条都记在只能往后加的日志里，可以出一个文件给别人自己核对。"),
    ("归档", "办完送到、回访过，把材料按次序收成一卷。"),
    ("好差评", "群众给一次服务打的分，五级，后两级是差评，由别的人回访整改。"),
)
"""What a new clerk asks about first, the way to the case before what comes after it."""


@get("/help", opt={"action": "help.read"})
async def helps(session: GivenSession, services: GivenServices) -> Template:
    """All of them on one page, for the browser's own search."""
    shown = menu(session.role)
    return await show(
        "help",
        services,
        session,
        nothing(),
        title="说明和用语",
        groups=_groups(),
        mine={path for _, entries in shown for _, path, _ in entries},
        glossary=GLOSSARY,
    )


def _groups() -> list[tuple[str, list[tuple[str, str, str, list[Help]]]]]:
    """Groups of the menu, each entry as key, path and label with its helps; at the end those of no entry."""
    found = [(title, [(one.key, one.path, one.label, _helps(one.key)) for one in entries]) for title, entries in GROUPS]
    return [*found, ("账号和公开的页面", [("", "", "", _helps(""))])]


def _helps(key: str) -> list[Help]:
    return [help_of(name) for name in UNDER[key]]
