"""打印: the papers that stand for a case, and those that do not yet, with what has to happen first."""

from typing import NamedTuple

from daiban_server.printing.by_name import ready
from daiban_server.printing.case_file import CaseFile

PAPERS = {
    "work-order": ("承办单", "收件登记以后才有"),
    "slip": ("收件凭证", "收了材料以后才有"),
    "application": ("申请表", ""),
    "mandate": ("委托书", ""),
    "information-notice": ("个人信息处理告知书", ""),
    "separate-consent": ("单独同意书", ""),
    "notice": ("一次性告知书", "一次性告知过缺什么才有"),
    "acceptance": ("受理通知书", "受理以后才有"),
    "receipt": ("办件回执", "受理以后才有"),
    "pause": ("特殊环节告知书", "暂停过计时才有"),
    "extension": ("延期告知书", "批准过延期才有"),
    "result": ("办结回执", "办结以后才有"),
    "delivery": ("送达回证", "有了结果、要送达的才有"),
    "non-acceptance": ("不予受理通知书", "不予受理的才有"),
    "refusal": ("不予办理决定书", "不予办理的才有"),
    "withdrawal": ("撤回登记单", "申请人撤回的才有"),
    "file": ("整卷档案", "归档以后才有"),
}
"""By the name under which each is asked for: what it is called, and when there is one; "" for what there always is."""


class Prints(NamedTuple):
    """`offered` are names and titles, `lacking` titles and what has to happen first."""

    offered: list[tuple[str, str]]
    lacking: list[tuple[str, str]]


def prints(file: CaseFile) -> Prints:
    """What can be printed of a case now; so that nothing is offered that is then refused."""
    there = frozenset(ready(file))
    return Prints(
        [(name, label) for name, (label, _) in PAPERS.items() if name in there],
        [(label, when) for name, (label, when) in PAPERS.items() if name not in there],
    )
