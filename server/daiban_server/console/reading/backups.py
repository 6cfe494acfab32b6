"""What whoever answers for a centre has to know of its backups; nothing while they are as they should be."""

from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.practising import practising
from daiban_server.db.program import Program
from daiban_server.spine import restores

OLD = 2 * words.DAY
"""Milliseconds after which a complete backup is too old: one is made each night."""


def warning(centre: bytes, now: int) -> Program[str]:
    """What is wrong, and what follows from it for what phones hand in; "" where nothing is."""
    if practising():
        return ""  # nobody misses what is made up
    newest = yield from restores.newest_backup(centre)
    if newest is None:
        return (
            "还没有做过备份：交来的内容只存在这一台服务器上，手机收到收据就不再保留。"
            "请系统管理员运行 daiban backup，最好每晚一次。"
        )
    if not newest.complete:
        return "还没有一次完整的备份包含这里的内容。有了以前，手机会一直留着交来的内容。"
    if now - newest.at > OLD:
        at = words.moment(newest.at, now)
        return say("最近一次完整的备份在{0}。此后交来的内容，手机会一直留着。请系统管理员看看备份为什么停了。", at.said)
    return ""
