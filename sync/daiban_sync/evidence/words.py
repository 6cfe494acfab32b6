"""A verdict in words, Chinese first: what each step proves, what is to be known beside, what no file proves."""

from collections.abc import Iterator
from typing import NamedTuple

from daiban_schemas.problem import words as problem_words
from daiban_sync.evidence.verdict import Verdict


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
        "每台设备的密钥都有中心的担保；保留了登记请求的，设备自己也证明过",
        "The centre vouches for each device's key; where its enrolment was kept the device proved it too",
    ),
    "logs": Words(
        "日志的检查点是中心签的；恢复过备份的，新日志接在旧日志之后",
        "Checkpoints of the log are the centre's; a restored log goes on from the one before",
    ),
    "batches": Words("每一批内容都是该设备签名上报的", "Each batch was signed by its device"),
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
    "photos": Words(
        "照片收据是中心签的，与申请里写明的摘要一致", "The centre signed for the photos by the hash in the case"
    ),
    "texts": Words("委托书文本就是签署时的那一份", "The mandate's text is the one that was signed"),
    "whole": Words("中心为整份文件签了名", "The centre signed for the file as a whole"),
}

BESIDE = {
    "no_enrolment": Words(
        "有设备登记时的请求没有保留（早期版本），设备归谁只有中心的担保",
        "A device's enrolment was not kept (an earlier version): whose it is rests on the centre's word alone",
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
    "photo_missing": Words("有照片中心还没有收到", "The centre has not received some of the photos"),
    "photos_beside": Words(
        "照片原件不在文件里，可以按摘要核对", "Photos are not in the file; compare them by their SHA-256"
    ),
    "mandate_without_text": Words(
        "有委托书没有写明文本摘要，不能证明签的是哪一份文本",
        "A mandate does not state its text's hash: which text was signed is not proved",
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
    if verdict.notes:
        yield "还要知道：" if chinese else "Also to be known:"
        yield from (f"  · {BESIDE[name].told(language)}" for name in verdict.notes)
    yield "它不能证明：" if chinese else "It does not prove:"
    yield from (f"  · {one.told(language)}" for one in NOT_PROVED)
