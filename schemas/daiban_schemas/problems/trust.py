"""What can be wrong with evidence and with mandates."""

from daiban_schemas.problems import Problem

_STOP = "这份文件不能作为证明，请向原中心重新索取"
_ASK = "It proves nothing; ask the centre for it again"

TRUST: dict[str, Problem] = {
    # Evidence files, by the step that failed
    "evidence.too_large": Problem(
        413, "证据文件太大", "请不带照片重新导出", "Evidence file too large", "Export it without photos"
    ),
    "evidence.form": Problem(422, "不是规范的证据文件，或内容被改动过", _STOP, "Not the one form of a file", _ASK),
    "evidence.keys": Problem(422, "密钥清单不是这把根公钥签的", _STOP, "Keyring not by this root key", _ASK),
    "evidence.devices": Problem(422, "设备的密钥没有担保", _STOP, "A device's key is not vouched for", _ASK),
    "evidence.logs": Problem(422, "日志检查点不对", _STOP, "A checkpoint does not hold", _ASK),
    "evidence.batches": Problem(422, "有批次不是该设备签的", _STOP, "A batch is not its device's", _ASK),
    "evidence.entries": Problem(422, "有内容和签名时不一样", _STOP, "An entry is not what was signed", _ASK),
    "evidence.receipts": Problem(422, "中心的收据不对", _STOP, "A receipt does not hold", _ASK),
    "evidence.inclusion": Problem(422, "有批次不在中心的日志里", _STOP, "A batch is not in the log", _ASK),
    "evidence.adoptions": Problem(
        422, "采用的内容和签名对不上", _STOP, "What was adopted is not what was signed for", _ASK
    ),
    "evidence.photos": Problem(422, "照片或照片收据不对", _STOP, "A photo or its receipt does not hold", _ASK),
    "evidence.texts": Problem(422, "委托书文本和签署的不是同一份", _STOP, "Not the text that was signed", _ASK),
    "evidence.whole": Problem(422, "中心的总说明不对", _STOP, "The word on the whole does not hold", _ASK),
    "evidence.incomplete": Problem(
        409,
        "服务器上的记录拼不出当时签名的内容",
        "请管理员检查数据库和备份",
        "What is kept does not make up what was signed",
        "Ask whoever runs the server to check the database",
    ),
    "evidence.reason": Problem(
        422, "导出证据要写明理由", "请写明为什么导出", "An export needs a reason", "Say what it is for"
    ),
    "copy.reason": Problem(
        422, "提供副本要写明理由", "请写明谁来要、为什么", "A copy needs a reason", "Say who asked for it, and why"
    ),
    "copy.nobody": Problem(
        404,
        "这户没有这个人",
        "请核对姓名或者身份证号",
        "Nobody of that name in this household",
        "Compare the name or the identity number",
    ),
    "copy.too_large": Problem(
        422,
        "照片太多，一份副本装不下",
        "请按件分别提供",
        "Too many photos for one copy",
        "Make a copy for each case",
    ),
    "evidence.root": Problem(
        422,
        "没有根公钥",
        "请用 --root 给出根公钥（64 位十六进制，或 root.pub 文件）",
        "No root key",
        "Give it by --root: 64 hexadecimal digits, or the file root.pub",
    ),
    # Mandates
    "mandate.text": Problem(
        422, "委托书文本和所写版本不符", "请更新应用，用正式文本重新签署", "Not that version's text", "Sign it again"
    ),
    "mandate.witness": Problem(
        422,
        "捺指印要有见证人，代办员和本人不能作见证人",
        "请另请一位见证人并写明姓名",
        "A fingerprint needs a witness who is not the agent",
        "Name another witness",
    ),
    "mandate.drawn": Problem(
        422,
        "这个事项不能用屏幕手写签名",
        "须纸质签署或本人到场，请按事项要求办理",
        "No drawn signature for this item",
        "Have it signed on paper, or the person come",
    ),
    "mandate.signed": Problem(
        409,
        "委托书已经签署，写明的内容不能再改",
        "请终止这份委托，另出一份重新签署",
        "The mandate is signed: what it says stays",
        "End it, and have another one signed",
    ),
    "mandate.not_standing": Problem(
        409,
        "委托书没有签署，或者已暂停、终止、过期，不能代办",
        "请先请委托人签署，或者恢复、续期委托，或者由本人办理",
        "The mandate is not signed, or is suspended, ended or over",
        "Have it signed, resume or renew it first, or let the person do it",
    ),
    "mandate.other_agent": Problem(
        403,
        "委托书写明的受托人不是您，也没有登记由您顶岗或接办",
        "请由受托人或者窗口办理，由中心登记交接，或者请委托人另签一份委托书",
        "The mandate names another agent, and no handover to you is recorded",
        "Let that agent or the window do it, have a handover recorded, or have a mandate signed for you",
    ),
    "mandate.term": Problem(
        422, "续期的止日不对", "止日应在今天以后，并且晚于原来的止日", "Not a later end", "Choose a later day to come"
    ),
}
