"""Problem codes: stable names for what can go wrong, with what to do about it.

HTTP answers carry them as RFC 9457 problem documents, outcomes and problems of single batches by code alone. Titles and
advice are Chinese first; English second. A code that was ever shipped keeps its meaning.
"""

from typing import NamedTuple


class Problem(NamedTuple):
    """`status` is HTTP's; `title` and `advice` are for people, in Chinese and English."""

    status: int
    title: str
    advice: str
    english: str
    english_advice: str


PROBLEMS: dict[str, Problem] = {
    # The wire
    "body.malformed": Problem(
        400, "数据格式不对", "请更新应用后重试", "Malformed body", "Update the app and try again"
    ),
    "body.too_large": Problem(413, "数据太大", "请分几次上报", "Body too large", "Send it in smaller portions"),
    "dictionary.unknown": Problem(400, "压缩词典不认识", "请更新应用", "Unknown dictionary", "Update the app"),
    "protocol.unsupported": Problem(400, "协议版本不支持", "请更新应用", "Unsupported protocol", "Update the app"),
    "hello.malformed": Problem(
        400, "请求头不对", "请更新应用后重试", "Malformed hello", "Update the app and try again"
    ),
    "request.too_many_batches": Problem(
        413, "一次上报的批次太多", "请分几次上报", "Too many batches", "Send fewer at once"
    ),
    "batch.malformed": Problem(
        400, "批次格式不对", "请更新应用后重试", "Malformed batch", "Update the app and try again"
    ),
    "batch.too_large": Problem(413, "批次太大", "请更新应用后重试", "Batch too large", "Update the app and try again"),
    "batch.elsewhere": Problem(
        422, "这批数据属于别的中心", "请在原中心上报", "Batch for elsewhere", "Hand it in there"
    ),
    "batch.not_yours": Problem(
        403, "这批数据不是本机的", "请用原手机上报", "Another device's batch", "Use that device"
    ),
    "batch.signature": Problem(
        401, "批次签名不对", "请联系中心负责人", "Batch signature invalid", "Ask the centre head"
    ),
    "entry.too_large": Problem(413, "一条记录太大", "请缩短内容", "Entry too large", "Shorten it"),
    "entry.malformed": Problem(
        422, "记录不合规范", "请更新应用后重试", "Malformed entry", "Update the app and try again"
    ),
    "cursor.invalid": Problem(
        400, "游标无效", "请重新下载数据(未上报的内容不受影响)", "Invalid cursor", "Pull from the start"
    ),
    "cursor.ahead": Problem(
        409,
        "服务器上没有这个位置",
        "服务器可能恢复过备份,请重新下载数据",
        "Cursor ahead of the server",
        "Pull from the start",
    ),
    "log.ahead": Problem(
        409,
        "本机记下的日志比服务器长",
        "服务器可能恢复过备份,请联系中心负责人",
        "Log ahead of the server",
        "Ask the centre head",
    ),
    "receipt.malformed": Problem(
        400, "收据格式不对", "请更新应用后重试", "Malformed receipt", "Update the app and try again"
    ),
    "receipt.signature": Problem(
        401, "收据的签名不对", "请联系中心负责人", "Receipt signature invalid", "Ask the centre head"
    ),
    "checkpoint.malformed": Problem(502, "检查点格式不对", "请联系中心负责人", "Malformed checkpoint", "Ask the head"),
    "restored.malformed": Problem(502, "恢复声明格式不对", "请联系中心负责人", "Malformed restore", "Ask the head"),
    "restored.signature": Problem(
        502, "恢复声明的签名不对", "请不要再上报,联系中心负责人", "Restore not by the root key", "Stop; ask the head"
    ),
    "horizon.malformed": Problem(502, "备份声明格式不对", "请联系中心负责人", "Malformed horizon", "Ask the head"),
    "horizon.signature": Problem(502, "备份声明的签名不对", "请联系中心负责人", "Horizon not signed", "Ask the head"),
    # Signatures and devices
    "signature.missing": Problem(
        401, "请求没有签名", "请用已登记的手机", "Signature missing", "Use an enrolled device"
    ),
    "signature.malformed": Problem(401, "签名格式不对", "请更新应用", "Malformed signature", "Update the app"),
    "signature.invalid": Problem(401, "签名不对", "请联系中心负责人", "Signature invalid", "Ask the centre head"),
    "signature.stale": Problem(
        401, "手机时间不准", "请带上随附的校时码重试", "Clock is off", "Try again with the nonce"
    ),
    "digest.mismatch": Problem(400, "内容在途中变了", "请重试", "Content changed on the way", "Try again"),
    "key.unusable": Problem(422, "这个密钥不能用", "请重新登记", "Unusable key", "Enrol again with a new key"),
    "key.in_use": Problem(409, "这个密钥已登记过", "请重新登记", "Key in use", "Enrol again with a new key"),
    "device.unknown": Problem(401, "这台手机没有登记", "请登记", "Unknown device", "Enrol it"),
    "device.enrolled": Problem(
        409,
        "这台手机已经登记过",
        "换人或换中心请用新的数据文件夹",
        "Enrolled already",
        "Use a new folder for another enrolment",
    ),
    "device.pending": Problem(
        403, "这台手机还没审核", "请中心负责人审核", "Device not approved yet", "Ask the centre head"
    ),
    "device.frozen": Problem(
        403, "这台手机已冻结", "同一序号出现了两份内容,请重新登记(两分钟)", "Device frozen", "Enrol again"
    ),
    "device.revoked": Problem(403, "这台手机已停用", "请联系中心负责人", "Device revoked", "Ask the centre head"),
    "device.not_pending": Problem(409, "这台手机不在待审核状态", "请刷新页面", "Device is not pending", "Reload"),
    "gap.invalid": Problem(422, "没有这样的缺口", "请核对批次号", "No such gap", "Check the batch numbers"),
    "person.unknown": Problem(404, "本中心没有这个人", "请检查人员", "Unknown person", "Check the person"),
    "place.unknown": Problem(404, "本中心没有这个村(社区)", "请检查地点", "Unknown place", "Check the place"),
    "fingerprint.mismatch": Problem(
        422, "两边的核对码不一致", "请当面再核对一次", "Fingerprints differ", "Compare again"
    ),
    "enrolment.malformed": Problem(
        400, "登记请求格式不对", "请更新应用后重试", "Malformed enrolment", "Update the app"
    ),
    "enrolment.other_centre": Problem(
        409, "这部手机原来属于别的中心", "请由原中心重新登记", "Device of another centre", "Enrol at its own centre"
    ),
    "enrolment.proof": Problem(401, "登记请求的签名不对", "请重试", "Proof of possession invalid", "Try again"),
    "enrolment.code": Problem(
        403, "登记码无效、已用过或已过期", "请中心负责人重新出码", "Code invalid", "Ask for a new code"
    ),
    "chain.gap": Problem(409, "中间缺少批次", "会自动补报", "Batches are missing", "Send the missing ones first"),
    "chain.equivocation": Problem(
        409, "同一序号出现了两份内容", "两份都已保存,请重新登记(两分钟)", "Two histories under one key", "Enrol again"
    ),
    # Entries
    "kind.unknown": Problem(422, "记录类型不认识", "服务器升级后自动处理", "Unknown kind", "Waits for a newer server"),
    "kind.read_only": Problem(403, "这类记录只能由区里维护", "请联系区里", "Read-only kind", "Ask the district"),
    "record.unknown": Problem(404, "没有这条记录", "请检查编号,或等它上报后自动处理", "No such record", "Check the id"),
    "record.other_kind": Problem(422, "编号已用于另一类记录", "请更新应用", "Record of another kind", "Update the app"),
    "record.too_contested": Problem(
        409, "这条记录的不一致太多", "请先处理已有的不一致", "Too many open values", "Settle those that stand first"
    ),
    "parent.missing": Problem(
        422, "所属记录还没上报", "所属记录上报后自动处理", "Parent missing", "Waits for its parent"
    ),
    "parent.other_kind": Problem(422, "所属记录类型不对", "请更新应用", "Parent of another kind", "Update the app"),
    "scope.foreign": Problem(
        403, "这户不在您负责的村(社区)", "已保存待查,请联系中心", "Not in your territory", "Kept; ask the centre"
    ),
    "seen.ahead": Problem(422, "看到的版本比服务器新", "请重新下载数据", "Seen is ahead", "Pull first"),
    "field.server_only": Problem(403, "这一项只由系统填写", "请用相应的操作", "Field is the server's", "Use a command"),
    "merge.failed": Problem(
        500, "合并时出错,已保存待查", "工作人员会处理", "Merge failed; kept", "Somebody looks at it"
    ),
    "command.unknown": Problem(404, "没有这个操作", "请更新应用", "Unknown command", "Update the app"),
    "command.not_your_role": Problem(
        403, "您的岗位不能做这个操作", "请交给窗口工作人员", "Not your role", "Ask a clerk"
    ),
    "command.not_now": Problem(
        409, "现在的状态不能做这个操作", "请看最新状态", "Not in this state", "Look at the state"
    ),
    "command.late": Problem(409, "状态已被别人改过", "请看最新状态再操作", "State has moved on", "Look and try again"),
    "argument.invalid": Problem(
        422, "填写的内容不对", "请检查标出的各项", "Invalid argument", "Check the fields named"
    ),
    "answers.missing": Problem(422, "有必填项没填", "请补齐标出的各项", "Answers missing", "Fill in the fields named"),
    "answers.invalid": Problem(422, "有几项填得不对", "请检查标出的各项", "Answers invalid", "Check the fields named"),
    "item.unknown": Problem(422, "没有这个事项", "请先下载最新事项", "No such item", "Pull the catalogue first"),
    "item.expired": Problem(
        409,
        "这个事项的旧版已经停用",
        "请换用新版事项后再提交,已填的内容不会丢",
        "This edition of the item has expired",
        "Choose the new edition; what was filled in is kept",
    ),
    "papers.arriving": Problem(
        409, "照片还没传完", "等照片传完,或写明理由", "Papers still arriving", "Wait, or give a reason"
    ),
    "item.not_direct": Problem(
        409, "这个事项不能当场办结", "请先受理并承诺时限", "Not a matter for the spot", "Accept it and promise a day"
    ),
    "kin.conflict": Problem(
        403, "申请人是您的近亲属,应当回避", "请移交给其他人办理", "The applicant is your relative", "Hand it over"
    ),
    "notice.again": Problem(
        409,
        "已经一次性告知过了",
        "再次告知要写明原因,并会计入考核",
        "Told once already",
        "Telling again needs a reason",
    ),
    "pause.counted": Problem(
        409, "这一步计入时限,不能暂停", "请核对事项的特殊环节", "This step counts", "Look at the item's special steps"
    ),
    "promise.longer": Problem(
        422,
        "比承诺时限长",
        "请写明理由,或请中心负责人受理",
        "Longer than the item promises",
        "Give a reason, or ask the head",
    ),
    "above.unanswered": Problem(
        409, "上级还没有答复", "请先登记答复,或写明理由", "Not answered above", "Record the answer, or give a reason"
    ),
    "pause.open": Problem(409, "已经在暂停计时", "请先恢复计时", "Paused already", "Resume it first"),
    "pause.none": Problem(409, "现在没有暂停计时", "请看最新状态", "Not paused", "Look at the state"),
    "handover.same": Problem(409, "这件本来就由他负责", "请另选一人", "He answers for it already", "Choose another"),
    "archive.undelivered": Problem(
        409, "还没有送达记录", "请先登记送达,或写明原因", "Not delivered yet", "Record the delivery, or give a reason"
    ),
    "centre.unknown": Problem(404, "没有这个中心", "请核对网址", "No such centre", "Check the address"),
    "case.not_found": Problem(
        404,
        "编号和查询码对不上",
        "请照凭证上的编号和查询码输入",
        "No such case",
        "Enter number and code as on the slip",
    ),
    "opinion.own": Problem(
        403, "反映的是本人经办的事,应由他人答复", "请由其他人答复", "It is about you", "Somebody else answers"
    ),
    "opinion.full": Problem(429, "意见太多,暂时收不下", "请稍后再提,或打监督电话", "The box is full", "Try later"),
    "print.not_yet": Problem(
        409, "还没有办到这一步,打印不了", "请先办理这一步", "Not there yet", "Print it when it has happened"
    ),
    "print.unknown": Problem(404, "没有这种表单", "请核对名称", "No such form", "Check the name"),
    "rating.once": Problem(409, "这件已经评价过了", "评价只能一次,不能修改", "Rated already", "A rating stands"),
    "rating.not_yet": Problem(409, "还没有办结,不能评价", "请在办结后评价", "Not ended yet", "Rate it when it has"),
    "rating.own_device": Problem(
        403,
        "不能在工作人员的设备上评价",
        "请用群众自己的手机评价",
        "Not on a clerk's device",
        "Use the resident's own phone",
    ),
    "report.unknown": Problem(
        422, "报告类型不认识", "服务器升级后自动处理", "Unknown report", "Waits for a newer server"
    ),
    "report.without_effect": Problem(
        200, "已记录,状态没有变", "有人会看", "Recorded without effect", "Somebody looks at it"
    ),
    "visit.nobody_free": Problem(409, "这段时间没有人能去", "请换个时间", "Nobody is free", "Offer other times"),
    "visit.slot_taken": Problem(409, "这个时间刚被别人约走", "请另选时间", "Slot just taken", "Choose another"),
    "visit.place_unknown": Problem(
        422, "这户没有位置", "请先补上位置", "Household has no place", "Add its point first"
    ),
    # Limits
    "limit.invalid": Problem(
        422,
        "时限不对",
        "天数应是不小于 0 的整数,单位是工作日或自然日",
        "Invalid limit",
        "Whole days from 0 on, working or calendar",
    ),
    "pause.backwards": Problem(
        422, "暂停计时的起止不对", "恢复时间不能早于暂停时间", "Pause ends before it begins", "Check both times"
    ),
    "escalation.nobody": Problem(
        422,
        "没有可以提醒的人",
        "请先为办件指定首问责任人或中心负责人",
        "Nobody to tell",
        "Name an owner or a head first",
    ),
    # Values
    "value.not_text": Problem(422, "应是文字", "请重新填写", "Not a text", "Fill in again"),
    "value.too_long": Problem(422, "太长了", "请缩短", "Too long", "Shorten it"),
    "value.line_break": Problem(422, "不能换行", "请写成一行", "No line breaks", "Write one line"),
    "value.not_integer": Problem(422, "应是整数", "请填数字", "Not a whole number", "Fill in digits"),
    "value.out_of_range": Problem(422, "超出范围", "请检查数字", "Out of range", "Check the number"),
    "value.not_flag": Problem(422, "应是是或否", "请重新选择", "Not yes or no", "Choose again"),
    "value.not_date": Problem(422, "日期不对", "请写成 2026-01-31 的样子", "Not a date", "Write it as 2026-01-31"),
    "value.not_a_choice": Problem(422, "不在可选项里", "请重新选择", "Not one of the choices", "Choose again"),
    "value.not_phone": Problem(422, "电话号码不对", "请核对号码", "Not a phone number", "Check the number"),
    "value.not_reference": Problem(422, "引用不对", "请重新选择", "Not a reference", "Choose again"),
    "value.not_digest": Problem(422, "摘要不对", "请更新应用", "Not a digest", "Update the app"),
    "value.not_point": Problem(422, "位置不对", "请重新定位", "Not a point", "Locate again"),
    "value.not_object": Problem(422, "格式不对", "请重新填写", "Not an object", "Fill in again"),
    "value.not_question": Problem(
        422, "表单问题写得不对", "请检查编号、名称和类型", "Not a question", "Check id and type"
    ),
    "value.incomplete": Problem(422, "没填完整", "请补齐", "Incomplete", "Complete it"),
    "value.not_list": Problem(422, "格式不对", "请重新填写", "Not a list", "Fill in again"),
    "value.too_many": Problem(422, "太多了", "请减少", "Too many", "Take some away"),
    "value.not_identity_number": Problem(
        422, "身份证号应是十八位", "请对照身份证核对", "Not eighteen characters", "Compare with the card"
    ),
    "value.identity_check_digit": Problem(
        422, "身份证号有错(校验位不符)", "请对照身份证逐位核对", "Check digit is wrong", "Compare with the card"
    ),
    "value.identity_date": Problem(
        422, "身份证号里的出生日期不对", "请对照身份证核对", "Birth date is wrong", "Compare with the card"
    ),
    # Photos
    "ticket.invalid": Problem(
        404, "上传凭证无效", "请重新同步,手机会领取新的上传凭证", "Invalid upload ticket", "Sync again for a new one"
    ),
    "ticket.expired": Problem(
        410, "上传凭证已过期", "请重新同步,领取新凭证后从断开处接着传", "Upload ticket expired", "Sync again and go on"
    ),
    "upload.version": Problem(
        412, "上传协议版本不支持", "请把应用更新到最新版本", "Unsupported tus version", "Update the app"
    ),
    "upload.header": Problem(
        400, "上传请求的格式不对", "请重新同步;仍不行请更新应用", "Malformed upload request", "Sync again"
    ),
    "upload.length": Problem(
        400, "照片大小与登记的不符", "请重新同步;照片没有丢,仍在手机里", "Length differs from the ticket", "Sync again"
    ),
    "upload.too_large": Problem(
        413, "传来的内容超过登记的大小", "请重新同步;照片没有丢,仍在手机里", "More bytes than granted", "Sync again"
    ),
    "upload.type": Problem(415, "上传内容的类型不对", "请把应用更新到最新版本", "Wrong content type", "Update the app"),
    "upload.unknown": Problem(
        404, "没有这次上传", "可能放置太久已被清理,请重新同步再传一次", "No such upload", "Sync again"
    ),
    "upload.offset": Problem(
        409, "上传位置对不上", "手机会查询已收到的位置,从那里接着传", "Wrong offset", "Ask for the offset and go on"
    ),
    "upload.busy": Problem(
        423, "这张照片正在上传", "请稍等片刻,上一个连接结束后会接着传", "Upload in progress", "Wait a moment"
    ),
    "upload.checksum": Problem(
        460, "这一段在路上损坏了", "手机会重传这一段,不用重拍", "Chunk damaged on the way", "Send the chunk again"
    ),
    "upload.algorithm": Problem(
        400, "不支持这种校验方法", "请使用 sha256 或 sha1", "Unsupported checksum", "Use sha256 or sha1"
    ),
    "upload.stored": Problem(
        409,
        "照片已经收妥,不能取消",
        "如需撤换,请在申请里更换材料照片",
        "Photo is stored already",
        "Replace it in the application",
    ),
    "photo.digest": Problem(
        460,
        "照片内容与登记的不符",
        "已收到的部分作废,请重新同步再传;仍不行请重拍",
        "Not the photo that was announced",
        "Sync again",
    ),
    "photo.unknown": Problem(404, "没有这张照片", "照片可能还在路上,请稍后再看", "No such photo", "Look again later"),
    "photo.unreadable": Problem(
        422, "照片打不开", "文件不完整或不是照片,请重拍一张", "Not a readable photo", "Take it again"
    ),
    "photo.too_many_pixels": Problem(
        422, "照片像素太多", "请用普通拍照模式重拍,不要用全景或超高像素", "Too many pixels", "Take an ordinary photo"
    ),
    "photo.too_hard": Problem(
        422, "照片处理不了", "处理超出了时间或内存的限制,请重拍一张", "Photo cannot be processed", "Take it again"
    ),
    "storage.full": Problem(
        507,
        "服务器存储已满",
        "照片仍在手机里,请联系区里的管理员,稍后再传",
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
    # The catalogue: files that are taken in, then their sheets, cells and questions
    "workbook.too_large": Problem(
        413,
        "文件太大",
        "文件不要超过 5 MB,不要放图片和别的内容",
        "File too large",
        "At most 5 MB, and nothing else in it",
    ),
    "workbook.unreadable": Problem(
        422, "文件打不开", "请用表格软件另存为 XLSX 格式再上传", "Not a readable XLSX file", "Save it as XLSX again"
    ),
    "workbook.macros": Problem(
        422, "不收带宏的文件", "请另存为不带宏的 XLSX 格式", "A file with macros", "Save it as XLSX without macros"
    ),
    "workbook.too_many_rows": Problem(
        422, "行数太多", "每张表不要超过 2000 行", "Too many rows", "At most 2,000 in each sheet"
    ),
    "catalogue.faulty": Problem(
        422, "文件里有不对的地方", "什么都没有改动,请按列出的位置改好再上传", "Faults in the file", "Mend those listed"
    ),
    "catalogue.edition": Problem(
        409, "事项版本已变", "请重新导出,在新版本上修改", "The edition has moved on", "Export again and edit that"
    ),
    "catalogue.until": Problem(
        422, "停用日期已经过去", "请写今天或以后的日期", "The day has passed", "Name today or a later day"
    ),
    "catalogue.ends": Problem(
        409, "停用的个数对不上", "请先试导入,核对会停用哪些,写明个数", "Other endings than told", "Do a dry run first"
    ),
    "catalogue.item": Problem(404, "没有这个事项", "请核对事项编码", "No such item in force", "Check the item's code"),
    "catalogue.window": Problem(
        422, "没有这个窗口", "请先在「窗口」表里写上", "No such window", "Add it to the windows first"
    ),
    "catalogue.centre": Problem(
        422, "没有这个中心,或有重名", "请核对中心名称", "No such centre, or two", "Check the centre's name"
    ),
    "catalogue.nowhere": Problem(
        422, "没写窗口设在哪里", "请写中心名称,或注明各中心都有", "A window nowhere", "Name its centres, or all"
    ),
    "catalogue.code": Problem(
        422, "编码写得不对", "编码只用字母、数字和短横线", "Not a code", "Letters, digits and hyphens only"
    ),
    "catalogue.twice": Problem(422, "重复了", "请去掉一个", "Twice", "Take one away"),
    "catalogue.unwritable": Problem(
        422, "有表格里写不了的字符", "请删去制表符等看不见的字符和 ${", "Characters no sheet holds", "Take them out"
    ),
    "sheet.missing": Problem(422, "缺这张表", "请用导出的文件作模板", "Sheet missing", "Start from an export"),
    "sheet.unknown": Problem(422, "多了这张表", "请删去这张表", "Unknown sheet", "Delete it"),
    "sheet.no_heading": Problem(422, "缺表头", "请用导出的文件作模板", "No heading", "Start from an export"),
    "sheet.column_missing": Problem(422, "缺这一列", "请补上这一列", "Column missing", "Add the column"),
    "sheet.column_unknown": Problem(422, "多了这一列", "请删去这一列", "Unknown column", "Delete the column"),
    "sheet.column_twice": Problem(422, "这一列有两个", "请删去一个", "Column twice", "Delete one of them"),
    "sheet.stray": Problem(422, "表头之外有内容", "请删去这些内容", "Something beside the table", "Delete it"),
    "cell.formula": Problem(422, "这里是公式", "请改成文字或数字", "A formula", "Write the value itself"),
    "cell.error": Problem(422, "这里不是文字、数字或日期", "请重新填写", "No plain value", "Fill in again"),
    "cell.limit": Problem(
        422, "时限写得不对", "请写成 15工作日 或 30自然日", "Not a time limit", "Write it as in an exported file"
    ),
    "question.name": Problem(
        422, "题号写得不对", "题号用小写字母开头的字母、数字和下划线", "Not a question's id", "Like family_income"
    ),
    "question.choices": Problem(
        422, "选项写得不对", "单选和多选要有选项,各不相同,别的题型没有", "Wrong choices", "Distinct, where one chooses"
    ),
    "question.limits": Problem(
        422, "限制写得不对", "整数可限大小,文字可限字数", "Wrong limits", "Numbers have bounds, texts a length"
    ),
    "question.condition": Problem(
        422, "条件写得不对", "条件只能看前面的是否、单选或整数题", "Wrong condition", "Refer to an earlier question"
    ),
    "xlsform.unsupported": Problem(
        422, "本系统的表单表达不了", "请改用支持的写法", "Our forms cannot say this", "Use what they can say"
    ),
    "xlsform.refused": Problem(422, "不是规范的 XLSForm", "请按提示修改", "Not a valid XLSForm", "Mend what is told"),
    "xlsform.other_item": Problem(
        422, "这是别的事项的表单", "请核对 form_id", "The form of another item", "Check form_id"
    ),
    # Figures
    "figures.span": Problem(
        400,
        "统计起止日期不对",
        "起始日期不能晚于截止日期,最多统计400天",
        "Unusable span of days",
        "At most 400 days, the first one first",
    ),
    "figures.unknown": Problem(
        400, "没有这项统计指标", "请从统计表里选择", "No such figure", "Choose one of the report's"
    ),
    "figures.one_day": Problem(
        422, "日报表是一天的报表", "请选择一天", "A daily report is of one day", "Choose one day"
    ),
    "figures.formula": Problem(
        422, "考核公式不对", "请核对指标名称,各部分不能重名", "Unusable formula", "Check the names of figures and parts"
    ),
    # Accounts and the API
    "session.missing": Problem(401, "请先登录", "登录后再试", "Sign in first", "Sign in"),
    "session.refused": Problem(401, "账号或密码不对", "请重新输入", "Wrong account or password", "Try again"),
    "session.too_many": Problem(429, "试得太多了", "请稍后再试", "Too many attempts", "Wait and try again"),
    "csrf.mismatch": Problem(403, "页面已过期", "请刷新页面后重试", "Page expired", "Reload and try again"),
    "permission.denied": Problem(403, "您的岗位没有这个权限", "请找有权限的同事", "Not permitted", "Ask a colleague"),
    "request.invalid": Problem(400, "请求内容不对", "请检查后重试", "Invalid request", "Check it and try again"),
    "request.not_found": Problem(404, "没有这个地址", "请检查地址", "Not found", "Check the address"),
    "request.method": Problem(405, "不支持这种请求", "请检查方法", "Method not allowed", "Check the method"),
    "request.media_type": Problem(
        415, "内容类型不支持", "请检查内容类型", "Unsupported media type", "Check the content type"
    ),
    "server.busy": Problem(
        503, "服务器暂时不能保存", "没有保存,请稍后重试", "Cannot save just now", "Nothing was saved; try later"
    ),
    "server.fault": Problem(500, "服务器出错", "没有保存,请稍后重试", "Server fault", "Nothing was saved; try later"),
}
"""All codes."""


def words(code: str, language: str = "zh") -> tuple[str, str]:
    """Title and advice of a code; an unknown code is its own title."""
    problem = PROBLEMS.get(code)
    if problem is None:
        return code, ""
    return (problem.title, problem.advice) if language == "zh" else (problem.english, problem.english_advice)
