"""The command line's words, in both languages."""

import datetime
import os

from daiban_schemas.kinds import KINDS
from daiban_schemas.problem import words as problem_words
from daiban_schemas.zone import SHANGHAI

_WEEKDAYS = "一二三四五六日"

_EN = {
    "已登记。核对码：{fingerprint}": "Enrolled. Fingerprint: {fingerprint}",
    "请中心负责人对照屏幕上的核对码，一致后审核。": "Ask the centre head to compare it on the screen, then to approve.",
    "审核状态：{state}": "Approval: {state}",
    "待审核": "pending",
    "已启用": "active",
    "已冻结": "frozen",
    "已停用": "revoked",
    "共 {count} 个文件。带的人看不了，也改不了；交上后把回执（.answer）带回来。": (
        "{count} file(s). Whoever carries them can neither read nor alter them; bring the answers (.answer) back."
    ),
    "{file} 已交上，回执：{answer}": "{file} was handed in; the answer: {answer}",
    "已交上 {saves} 条记录、{photos} 张照片。": "Handed in {saves} entries and {photos} photos.",
    "中心未收 {count} 个文件：{why}": "The centre refused {count} files: {why}",
    "其余的已交上。未收的还在这台手机上，请不要清除，把上面的话告诉中心。": (
        "The rest was handed in. What was refused is still on this phone: keep it, and tell the centre what this says."
    ),
    "这台手机已停用或冻结：内容已送到中心，由中心核对后决定是否采用。采用后再运行一次，补交照片。": (
        "This phone is revoked or frozen: what it held is at the centre, where people decide about it. "
        "Once they adopted it, run this again for the photos."
    ),
    "这台手机上还没有人登记。": "Nobody is enrolled on this phone.",
    "PIN": "PIN",
    "新PIN": "New PIN",
    "这台手机没有设PIN：谁拿到它，谁就能看里面的住户资料。补设：daiban agent pin": (
        "This device has no PIN: whoever gets hold of it reads what people told it. Set one: daiban agent pin"
    ),
    "PIN 已设好。忘了就打不开，中心也没有。": "The PIN is set. Nobody else knows it, the centre neither.",
    "已挂失": "suspended",
    "未通过审核": "rejected",
    "密钥已更换，新的核对码：{fingerprint}": "The key was replaced. New fingerprint: {fingerprint}",
    "中心会看到这次更换，可能打电话来核对。": "The centre is told of it and may call.",
    "离岗未交清": "left, not all handed in",
    "离岗已交清": "left, all handed in",
    "今天没有上门安排。": "No visits today.",
    "同步后会显示服务器安排的上门。": "After a sync the visits that the server assigned appear here.",
    "替{name}顶岗": "instead of {name}",
    "顶岗": "standing in",
    "与{names}同去": "with {names}",
    "未同步：{acts}": "not synced: {acts}",
    "这几天上门没有变动。": "Nothing became of visits in these days.",
    "现在没有替谁顶岗。": "You stand in for nobody.",
    "没有填写不一致。": "No conflicts.",
    "{kind} {record} 的“{label}”填写不一致：": "{kind} {record}: more than one value for “{label}”:",
    "处理：daiban agent settle {record} {field} 值": "Settle: daiban agent settle {record} {field} VALUE",
    "已保存：{kind} {record}": "Saved: {kind} {record}",
    "没有变化。": "Nothing changed.",
    "照片已保存：{record}（{size:.1f} MB）": "Photo kept: {record} ({size:.1f} MB)",
    "根公钥核对码：{fingerprint}": "Root key, fingerprint: {fingerprint}",
    "记录": "records",
    "下载": "pulled",
    "照片": "photos",
    "被退回或等待中的记录：": "Refused or waiting:",
    "未启用": "not approved yet",
    "需要写成 字段=值": "write it as FIELD=VALUE",
    "服务器功能没有安装:pip install 'daiban[server]'": "The server is not installed: pip install 'daiban[server]'",
    "没有网络，或连接总是中断。没有丢失任何内容，请稍后再试。": (
        "No link, or it kept breaking. Nothing is lost; try again later."
    ),
}


class Words:
    """Texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, **values: object) -> str:
        """`text`, which is Chinese, in the language, with values filled in."""
        found = text if self.language == "zh" else _EN.get(text, text)
        return found.format(**values) if values else found

    def problem(self, code: str) -> str:
        """Title and advice of a problem."""
        if code == "device.offline":
            return self("没有网络，或连接总是中断。没有丢失任何内容，请稍后再试。")
        title, advice = problem_words(code, self.language)
        return f"{title}。{advice}。" if self.language == "zh" and advice else f"{title}. {advice}" if advice else title

    def kind(self, name: str) -> str:
        """A record kind's name."""
        return KINDS[name].label if self.language == "zh" and name in KINDS else name

    def when(self, milliseconds: int, today: datetime.date) -> str:
        """A moment as people say it, the exact one behind: 明天 上午 · 11月25日 周三 09:30."""
        moment = datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI)
        if self.language != "zh":
            return moment.strftime("%a %d %b %H:%M")
        days = (moment.date() - today).days
        name = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}.get(days, "")
        half = "上午" if moment.hour < 12 else "下午" if moment.hour < 18 else "晚上"
        exact = f"{moment.month}月{moment.day}日 周{_WEEKDAYS[moment.weekday()]} {moment:%H:%M}"
        return f"{name} {half} · {exact}" if name else f"{half} · {exact}"


def language_of(given: str | None) -> str:
    """The language that was asked for, else the locale's; Chinese where neither says."""
    if given:
        return given
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "zh"
