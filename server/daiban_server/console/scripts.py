"""The words that the scripts of the pages say: they stand at the script's own tag, in the language of the page."""

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from daiban_schemas.labels import MONTHS, WEEKDAYS
from daiban_server.console.languages.spoken import translated

Words = Mapping[str, str | Sequence[str]]
WORDS: Mapping[str, Words] = {
    "live.js": {
        "newer": "这一页有新的内容。您写了一半的还在。",
        "again": "刷新看看",
    },
    "keeping.js": {"kept": "这是您上次写了还没提交的。"},
    "hall.js": {
        "away": "连不上服务器，下面是 {0} 的内容。恢复以后会自己更新。",
        "day": "{0}{1}日 {2}",
        "months": MONTHS,
        "weekdays": WEEKDAYS,
    },
    "carrying.js": {
        "waiting": "等着",
        "sending": "正在交……",
        "kept": "已收下，回执存为 {0}",
        "save": "再存一次回执",
        "failed": "没有收下：{0}",
        "later": "没有收下：{0}，请等一会儿再选这个文件",
        "again": "{0}，{1} 秒后再试",
        "unreachable": "连不上服务器",
        "refused": "服务器没有收下（{0}）。",
        "problem": "{0}，{1}。",
        "left": "还有 {0} 个",
        "done": "都交完了：{0} 个已收下。",
        "partly": "都交完了：{0} 个已收下，{1} 个没有收下。",
    },
    "passkeys.js": {
        "problem": "{0}，{1}。",
        "which": "是第 {0} 条。",
        "between": "、",
        "codes": "请收好备用码：手机或电脑不在时靠它登录，每个只能用一次，离开本页就不再显示。",
        "onward": "已经收好，继续",
        "reason": "请写明理由。",
        "none": "请勾选要采用的几条。",
        "signed": "签好了，核对无误。",
        "NotAllowedError": "没有完成：可能取消了，或等得太久。",
        "InvalidStateError": "这台设备已经登记过了。",
        "failed": "这台设备没有办成，请换一种方式。",
        "unknown": "这个浏览器不支持通行密钥。",
        "follow": "请按浏览器的提示操作……",
    },
}
"""By file and by the script's own key. ``{0}``, ``{1}`` are places that the script fills."""


def words_of(file: str) -> Markup:
    """The words of a script as the attribute of its tag."""
    said = {
        key: translated(text) if isinstance(text, str) else [translated(one) for one in text]
        for key, text in WORDS[file].items()
    }
    return Markup('data-words="{}"').format(escape(json.dumps(said, ensure_ascii=False)))
