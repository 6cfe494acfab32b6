"""A verdict in words, Chinese first: what each step proves, what is to be known beside, what no file proves."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from daiban_schemas.problem import words as problem_words
from daiban_schemas.zone import SHANGHAI
from daiban_sync.evidence.verdict import Facts, Given, Handed, Sign, Verdict


class Words(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str

    def told(self, language: str) -> str:
        """In the language that was asked for."""
        return self.zh if language == "zh" else self.en


PROVES = {
    "form": Words("文件完整，写法唯一，没有多余内容", "The file is whole, in its one form, with nothing added"),
    "keys": Words("中心的密钥清单是根公钥签的", "The centre's keyring was signed by the root key"),
    "devices": Words(
        "每台设备的密钥都有中心的担保；保留了登记请求和换钥签名的，设备自己也证明过",
        "The centre vouches for each device's keys; where enrolment and changes of key were kept it proved them too",
    ),
    "logs": Words(
        "日志的检查点是中心签的；恢复过备份的，新日志接在旧日志之后",
        "Checkpoints of the log are the centre's; a restored log goes on from the one before",
    ),
    "batches": Words(
        "每一批内容都是该设备签名上报的；单独交来的，每一条都有该设备的签名",
        "Each batch was signed by its device, and so was each entry that came by itself",
    ),
    "entries": Words(
        "列出的每条内容与签名时逐字相同，且属于这一件申请",
        "Each entry shown is letter by letter what was signed, and belongs to this case",
    ),
    "receipts": Words(
        "中心签收了每一批，收到的时间不晚于收据所写",
        "The centre signed for each batch, received no later than the receipt says",
    ),
    "inclusion": Words(
        "每一批都在中心的日志里，事后不能悄悄抽换",
        "Each batch stands in the centre's log and cannot be exchanged quietly",
    ),
    "adoptions": Words(
        "从隔离批次中采用的内容与原件逐字相同，采用人用本人的通行密钥签了名",
        "What was adopted out of quarantine is letter by letter what its device signed, and the adopter's passkey"
        " signed for it",
    ),
    "photos": Words(
        "照片收据是中心签的，与申请里写明的摘要一致；文件里附的照片就是当时交来的那一张",
        "The centre signed for the photos by the hash in the case; a picture in the file is the one that was handed in",
    ),
    "texts": Words("委托书文本就是签署时的那一份", "The mandate's text is the one that was signed"),
    "whole": Words("中心为整份文件签了名", "The centre signed for the file as a whole"),
}

BESIDE = {
    "no_enrolment": Words(
        "有设备登记时的请求没有保留（早期版本），设备归谁只有中心的担保",
        "A device's enrolment was not kept (an earlier version): whose it is rests on the centre's word alone",
    ),
    "new_key": Words(
        "有手机换过密钥，换之前的内容由旧密钥签名",
        "A phone took another key: what it handed in before is under the old one",
    ),
    "key_unproved": Words(
        "有手机换密钥时旧密钥的签名没有保留（早期版本），新旧密钥属于同一台手机只有中心的担保",
        "The old key's own word on a change of key was not kept (an earlier version): that both are one phone's"
        " rests on the centre's word alone",
    ),
    "desk": Words(
        "窗口填写的内容由中心的窗口密钥签名，经手人是中心的说法",
        "What was written at a desk is under the centre's desk key; who wrote it is attested by the server",
    ),
    "no_lower_bound": Words(
        "有批次没有引用检查点，只能证明收到的时间，不能证明不早于何时",
        "A batch names no checkpoint: it was received by then, but may be of any time before",
    ),
    "named_elsewhere": Words(
        "有批次引用的检查点不在文件里，最早时间是中心的说法",
        "A checkpoint that a batch names is not in the file: the lower bound is the centre's word",
    ),
    "restored": Words(
        "中心曾从备份恢复，日志分为几段", "The centre was restored from a backup; its log has several parts"
    ),
    "spooled": Words(
        "有内容是从手机的封存文件里取出来的：逐条签名，在日志里，但没有收据，何时填写、何时收到都只有说法",
        "Some entries came out of a phone's spool: signed one by one and in the log, without a receipt; when they were"
        " written and when they came is only claimed",
    ),
    "adopted": Words(
        "有内容来自停用或冲突的手机，由工作人员看过后采用；通行密钥属于谁是中心的担保，签名时屏幕上显示了什么不能证明",
        "Some entries are of a revoked or forked phone, and somebody at the centre took them on; whose the passkey is"
        " rests on the centre's word, and what the screen showed is not proved",
    ),
    "adoption_unproved": Words(
        "有采用的内容，文件里没有采用人的签名和原件（早期采用，或者原件已依法删除）："
        "谁采用的、原来怎么写的，只有中心的说法",
        "Of something that was adopted there is neither signature nor original in the file (adopted in an earlier"
        " version, or erased since): who adopted it and what it said before is the"
        " centre's word",
    ),
    "photo_missing": Words("有照片中心还没有收到", "The centre has not received some of the photos"),
    "photos_beside": Words(
        "照片原件不在文件里，可以按摘要核对", "Photos are not in the file; compare them by their SHA-256"
    ),
    "photo_sealed": Words(
        "有照片还是封存的样子，没有打开，看不出拍的是什么",
        "A photo is still sealed as it was handed in: what it shows cannot be seen",
    ),
    "photo_unhashed": Words(
        "有封存的照片，手机没有写明打开后的摘要：打开的是不是原来那张，还要信中心没有另造密钥",
        "Of a sealed photo the phone did not state the picture's hash: that it is this picture supposes that the centre"
        " made up no other key for it",
    ),
    "mandate_without_text": Words(
        "有委托书没有写明文本摘要，不能证明签的是哪一份文本",
        "A mandate does not state its text's hash: which text was signed is not proved",
    ),
    "mandate_altered": Words(
        "有委托书签署以后又被改写（或者在别的设备上改写）：签名之下的是签署时的内容，列在上面",
        "A mandate was written to after it was signed, or elsewhere: what was signed is what it said then, as listed",
    ),
    "withheld": Words(
        "有属于本件的内容没有列出（如已依法删除），只留下摘要",
        "Some of the case's entries are not shown (erased, say): only hashes are left",
    ),
    "further": Words("文件里有本版本不认识的声明，没有核对", "There are statements that this version does not judge"),
}

NOT_PROVED = (
    Words("手写签名是不是“可靠的电子签名”", "that a drawn signature is a “reliable electronic signature”"),
    Words("当时拿着手机的是谁", "who held the phone"),
    Words(
        "办理状态、编号和窗口经手人：这些是服务器的说法",
        "status, number and who sat at the desk: these are attested by the server",
    ),
    Words("两个时间界限之间的确切时间", "the exact time between the two bounds"),
    Words("文件以外没有别的内容：有没有遗漏，只有服务器的说法", "that nothing else exists outside of the file"),
    Words("照片拍的、申请写的是不是事实", "that a photo or an application tells the truth"),
)


_MARKS = {
    "drawn": Words("手写签名", "drawn signature"),
    "fingerprint": Words("捺印", "fingerprint"),
    "paper": Words("纸质签署", "signed on paper"),
}


def shown(facts: Facts) -> Iterator[Words]:
    """Who handed in what between which times, and which mandates were signed, one sentence each."""
    yield from map(_batch, facts.handed)
    for given in facts.given:
        yield _mandate(given)
        yield from map(_sign, given.signs)


def _batch(one: Handed) -> Words:
    whose = Words(f"{one.whose}的手机", f"{one.whose}'s phone") if one.whose else Words("窗口", "The desk")
    latest, zh, en = _moment(one.latest), "", ""
    if one.earliest is not None:
        zh, en = f"不早于{_moment(one.earliest)}，", f"not before {_moment(one.earliest)}, "
    return Words(
        f"{whose.zh}第{one.sequence}批，{one.entries}条：{zh}收到不晚于{latest}",
        f"{whose.en}, batch {one.sequence}, entries shown: {one.entries}; {en}received by {latest}",
    )


def _mandate(one: Given) -> Words:
    term, powers = "至".join(filter(None, one.term)), "、".join(one.powers)
    parts = (one.principal, one.agent, one.matter, powers, term)
    zh = zip(("委托人", "受托人", "事项", "权限", "期限"), parts, strict=True)
    en = zip(("principal", "agent", "matter", "powers", "term"), parts, strict=True)
    return Words(
        "委托书：" + "，".join(f"{name}{part}" for name, part in zh if part),
        "Mandate: " + ", ".join(f"{name} {part}" for name, part in en if part),
    )


def _sign(one: Sign) -> Words:
    mark = _MARKS.get(one.mark, Words(one.mark, one.mark))
    witness = Words(f"，见证人{one.witness}", f", witness {one.witness}") if one.witness else Words("", "")
    where = Words(f"{one.whose}的手机", f"{one.whose}'s phone") if one.whose else Words("窗口", "the desk")
    return Words(
        f"委托书签署：{one.name}，{mark.zh}{witness.zh}，由{where.zh}上报",
        f"Mandate signed: {one.name}, {mark.en}{witness.en}, handed in by {where.en}",
    )


def _moment(at: int) -> str:
    """A time of Beijing, to the second."""
    return f"{datetime.datetime.fromtimestamp(at / 1000, SHANGHAI):%Y-%m-%d %H:%M:%S}"


def lines(verdict: Verdict, language: str = "zh") -> Iterator[str]:
    """The verdict in words, line by line."""
    chinese = language == "zh"
    for number, step in enumerate(verdict.steps, 1):
        mark = {True: "✓", False: "✗", None: "–"}[step.held]
        yield f"{mark} {number:>2}. {PROVES[step.name].told(language)}"
    if not verdict.holds:
        title, advice = problem_words(verdict.code, language)
        at = f"（{verdict.where}）" if chinese and verdict.where else f" ({verdict.where})" if verdict.where else ""
        yield (
            f"证据不成立：{title}{at}。{advice}。[{verdict.code}]"
            if chinese
            else (f"It does not hold: {title}{at}. {advice}. [{verdict.code}]")
        )
        return
    yield "证据成立。" if chinese else "It holds."
    if verdict.facts.handed:
        yield "里面有：" if chinese else "It shows:"
        yield from (f"  · {one.told(language)}" for one in shown(verdict.facts))
    if verdict.notes:
        yield "还要知道：" if chinese else "Also to be known:"
        yield from (f"  · {BESIDE[name].told(language)}" for name in verdict.notes)
    yield "它不能证明：" if chinese else "It does not prove:"
    yield from (f"  · {one.told(language)}" for one in NOT_PROVED)
