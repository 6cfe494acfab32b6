"""The words of the field, English and Chinese: what the code calls a thing, and what every screen and paper calls it.

Whoever writes an app over Daiban takes labels from here or from the kinds, which use the same words.
`server/docs/words.md` is the same, as a table to read.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Term(NamedTuple):
    """A thing's two names. `note` says what goes with it; `never` are words for it that are not used."""

    english: str
    chinese: str
    note: str = ""
    never: tuple[str, ...] = ()


TERMS = (
    # Places and desks
    Term("convenience service centre of a township", "便民服务中心"),
    Term("service station of a village", "便民服务站"),
    Term("village service point", "便民服务点"),
    Term("window", "窗口"),
    # Items
    Term("service item", "事项"),
    Term("item guide", "办事指南"),
    Term("flow chart of an item", "办理流程图"),
    Term("basic catalogue", "基本目录"),
    Term("implementation list", "实施清单"),
    Term("conditions for acceptance", "受理条件"),
    Term("papers required", "申请材料"),
    Term("statutory limit", "法定办结时限"),
    Term("promised limit", "承诺办结时限"),
    Term("working day", "工作日", "the unit is always shown"),
    Term("calendar day", "自然日", "the unit is always shown"),
    Term("number of trips", "到现场次数", "a home visit needs none"),
    Term("charge", "收费标准", "where there is none: 不收费"),
    Term("basis of a charge", "收费依据"),
    # Ways of handling
    Term("direct handling", "直接办理"),
    Term("matter done at once", "即办件"),
    Term("time-limited handling", "限时办理"),
    Term("matter with a promise", "承诺件"),
    Term("proxy handling", "代为办理"),
    Term("proxied matter", "代办件"),
    Term("home visit", "上门办理"),
    Term("matter of a home visit", "上门件"),
    Term("help and do on behalf", "帮办代办"),
    # People
    Term("proxy agent", "代办员"),
    Term("window clerk", "窗口工作人员"),
    Term("liaison cadre", "包联干部"),
    Term("centre head", "中心负责人"),
    Term("leader in charge", "分管领导"),
    Term("lead window", "主办窗口"),
    Term("co-handling window", "协办窗口"),
    Term("first-asked owner", "首问责任人"),
    Term("current handler", "经办人", never=("处理人",)),
    # Cases and mandates
    Term("reception", "接待登记", "counted in visits, 人次"),
    Term("case", "办件", "its number: 办件编号"),
    Term("application", "申请"),
    Term("applicant", "申请人"),
    Term("client of mandate", "委托人"),
    Term("agent of mandate", "受托人"),
    Term("mandate", "委托书"),
    Term("renewal of mandate", "续办委托书"),
    Term("suspension of proxy", "中止代办"),
    Term("termination of proxy", "终止代办"),
    # Papers to applicants
    Term("receipt of papers", "收件凭证", "not acceptance"),
    Term("acceptance notice", "受理通知书", "dated, with the special seal"),
    Term("non-acceptance notice", "不予受理通知书", "with the reason and where to go instead"),
    Term("one-time notice", "一次性告知书", "names everything that is missing"),
    Term("supplement of papers", "补正", never=("打回",)),
    Term("returned", "退回补正"),
    # States and limits
    Term("accepted", "已受理"),
    Term("in handling", "办理中"),
    Term("sent up", "已上报", "with its limit"),
    Term("special step", "特殊环节"),
    Term("paused", "暂停计时", "with why, since and until when"),
    Term("extension", "延期", "with who approved it and why"),
    Term("due soon", "即将到期"),
    Term("due today", "今日到期"),
    Term("overdue", "已超期", never=("逾期",)),
    Term("completed", "已办结"),
    Term("refused", "不予办理", "a licence: 不予许可"),
    Term("withdrawn", "申请人撤回"),
    Term("delivered", "已送达"),
    # Afterwards
    Term("acknowledgement of delivery", "送达回证"),
    Term("follow-up call or visit", "回访"),
    Term("periodic reply", "定期回复"),
    Term("promise kept rate", "按时办结率"),
    Term("rating", "好差评"),
    Term("very satisfied", "非常满意"),
    Term("satisfied", "满意"),
    Term("fairly satisfied", "基本满意"),
    Term("dissatisfied", "不满意", "bad, as is the next"),
    Term("very dissatisfied", "非常不满意"),
    Term("bad rating handling", "差评核实整改"),
    Term("complaint", "投诉举报"),
    # Desks and posts
    Term('"cannot get it done" desk', "“办不成事”反映窗口"),
    Term("enquiry desk", "问询岗"),
    Term("land acquisition desk", "征地拆迁岗"),
    Term("stand-in posts", "AB岗"),
    Term("handover", "工作交接", "stand-ins hand over too"),
    # Books
    Term("acceptance register", "受理登记簿", "one for each category"),
    Term("work order", "承办单"),
    Term("ledger", "台账"),
    Term("daily report", "日报表"),
    Term("carried over from yesterday", "昨日结转"),
    Term("open and carried over", "结转在办"),
    Term("assessment", "考核"),
    Term("public notice", "公示", "counted in calendar days"),
    Term("notice board", "公示栏"),
    Term("notice screen", "公示屏"),
    Term("archive", "归档"),
    Term("volume contents", "卷内目录"),
    Term("note at end of file", "备考表"),
    # Phones and consent
    Term("conflict of values", "填写不一致", never=("冲突合并", "合并冲突")),
    Term("unsent", "未上报"),
    Term("sent and receipted", "已收讫"),
    Term("offline draft", "离线草稿"),
    Term("device approval", "设备审核"),
    Term("identity number", "身份证号"),
    Term("masked", "已隐藏", "first and last character stay"),
    Term("separate consent", "单独同意"),
    Term("guardian", "监护人"),
    Term("witness", "见证人"),
    Term("fingerprint for a signature", "捺印"),
    Term("carried to the home", "送办上门"),
    Term("need heard on the round", "民情线索"),
    Term("duplicate suspected", "疑似重复"),
)
WORDS: Mapping[str, str] = {term.english: term.chinese for term in TERMS}
"""Chinese words by English name."""
NEVER = frozenset(word for term in TERMS for word in term.never)
"""Words that nobody is shown."""
