"""What can go wrong with photos and with printed papers."""

from daiban_schemas.problems import Problem

PAPERS: dict[str, Problem] = {
    # Notice and consent
    "consent.missing": Problem(
        409,
        "收了身份证号、账号或材料照片，没有告知和单独同意",
        "请尽快向当事人补做告知和单独同意；办理不必停下",
        "Sensitive data without notice and separate consent",
        "Make up for both soon; the case goes on",
    ),
    "consent.child": Problem(
        409,
        "收了不满十四周岁孩子的信息，没有监护人同意",
        "请尽快请监护人阅读告知书并同意；办理不必停下",
        "Data of a child under 14 without its guardian's consent",
        "Ask the guardian soon; the case goes on",
    ),
    "consent.withdrawn": Problem(
        409,
        "当事人撤回了同意",
        "请停止使用相关信息，和当事人商定这件事还办不办，并把结果告诉他",
        "A consent was withdrawn",
        "Stop using the data, agree on what becomes of the case, and tell the person",
    ),
    "consent.guardian": Problem(
        409,
        "不满十四周岁，应由监护人同意",
        "请写明监护人的姓名和关系，由监护人签署",
        "Under 14 the guardian consents",
        "Name the guardian, who signs",
    ),
    "consent.witness": Problem(
        409,
        "口头同意或捺印，没有见证人，或者见证人就是登记人、本人或监护人",
        "请另请一位见证人在场，写明姓名",
        "Oral consent or a fingerprint without a witness, or before who took it down or gave it",
        "Name a witness who is somebody else",
    ),
    "consent.text": Problem(
        409,
        "文本和版本对不上",
        "请用应用里的告知书或同意书重新签署",
        "The text is not that of its version",
        "Have the text of the app signed anew",
    ),
    # Photos
    "ticket.invalid": Problem(
        404, "上传凭证无效", "请重新同步，手机会领取新的上传凭证", "Invalid upload ticket", "Sync again for a new one"
    ),
    "ticket.expired": Problem(
        410, "上传凭证已过期", "请重新同步，领取新凭证后从断开处接着传", "Upload ticket expired", "Sync again and go on"
    ),
    "upload.version": Problem(
        412, "上传协议版本不支持", "请把应用更新到最新版本", "Unsupported tus version", "Update the app"
    ),
    "upload.header": Problem(
        400, "上传请求的格式不对", "请重新同步；仍不行请更新应用", "Malformed upload request", "Sync again"
    ),
    "upload.length": Problem(
        400,
        "照片大小与登记的不符",
        "请重新同步；照片没有丢，仍在手机里",
        "Length differs from the ticket",
        "Sync again",
    ),
    "upload.too_large": Problem(
        413, "传来的内容超过登记的大小", "请重新同步；照片没有丢，仍在手机里", "More bytes than granted", "Sync again"
    ),
    "upload.type": Problem(415, "上传内容的类型不对", "请把应用更新到最新版本", "Wrong content type", "Update the app"),
    "upload.unknown": Problem(
        404, "没有这次上传", "可能放置太久已被清理，请重新同步再传一次", "No such upload", "Sync again"
    ),
    "upload.offset": Problem(
        409, "上传位置对不上", "手机会查询已收到的位置，从那里接着传", "Wrong offset", "Ask for the offset and go on"
    ),
    "upload.busy": Problem(
        423, "这张照片正在上传", "请稍等片刻，上一个连接结束后会接着传", "Upload in progress", "Wait a moment"
    ),
    "upload.checksum": Problem(
        460, "这一段在路上损坏了", "手机会重传这一段，不用重拍", "Chunk damaged on the way", "Send the chunk again"
    ),
    "upload.algorithm": Problem(
        400, "不支持这种校验方法", "请使用 sha256 或 sha1", "Unsupported checksum", "Use sha256 or sha1"
    ),
    "upload.stored": Problem(
        409,
        "照片已经收妥，不能取消",
        "如需撤换，请在申请里更换材料照片",
        "Photo is stored already",
        "Replace it in the application",
    ),
    "photo.digest": Problem(
        460,
        "照片内容与登记的不符",
        "已收到的部分作废，请重新同步再传；仍不行请重拍",
        "Not the photo that was announced",
        "Sync again",
    ),
    "photo.unknown": Problem(404, "没有这张照片", "照片可能还在路上，请稍后再看", "No such photo", "Look again later"),
    "photo.unreadable": Problem(
        422, "照片打不开", "文件不完整或不是照片，请重拍一张", "Not a readable photo", "Take it again"
    ),
    "photo.too_many_pixels": Problem(
        422, "照片像素太多", "请用普通拍照模式重拍，不要用全景或超高像素", "Too many pixels", "Take an ordinary photo"
    ),
    "photo.too_hard": Problem(
        422, "照片处理不了", "处理超出了时间或内存的限制，请重拍一张", "Photo cannot be processed", "Take it again"
    ),
    "storage.full": Problem(
        507,
        "服务器存储已满",
        "照片仍在手机里，请联系区里的管理员，稍后再传",
        "Storage is full",
        "Ask the district; try later",
    ),
    # Papers
    "papers.no_font": Problem(
        503, "服务器没有装中文字体", "请管理员安装 fonts-noto-cjk", "No Chinese fonts", "Install fonts-noto-cjk"
    ),
    "papers.none": Problem(422, "没有可打印的文书", "请先选择要打印的文书", "Nothing to print", "Choose papers first"),
    "papers.too_many": Problem(413, "一次打印的文书太多", "请分几次打印", "Too many papers", "Print fewer at once"),
    "papers.picture": Problem(
        422, "签名图样打不开", "请改用纸质签名", "Not a readable signature picture", "Have it signed on paper"
    ),
    "papers.code": Problem(422, "二维码内容太长", "请缩短查询地址", "Too long for a QR code", "Shorten the address"),
    "papers.number_gap": Problem(422, "登记号不连续", "请补齐缺号后再打印", "Gap in the numbers", "Fill the gap first"),
    "papers.unbalanced": Problem(
        422, "日报表不平", "请核对结转、受理、办结等数字", "Figures do not balance", "Check the figures"
    ),
    "papers.full_name": Problem(
        422, "公示名单只能写姓氏", "请去掉名字后再公示", "Only surnames may be public", "Leave the given names out"
    ),
}
