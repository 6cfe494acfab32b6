"""What can go wrong on the wire: bodies, batches, signatures, devices."""

from daiban_schemas.problems import Problem

WIRE: dict[str, Problem] = {
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
        400, "游标无效", "请重新下载数据（未上报的内容不受影响）", "Invalid cursor", "Pull from the start"
    ),
    "cursor.ahead": Problem(
        409,
        "服务器上没有这个位置",
        "服务器可能恢复过备份，请重新下载数据",
        "Cursor ahead of the server",
        "Pull from the start",
    ),
    "log.ahead": Problem(
        409,
        "本机记下的日志比服务器长",
        "服务器可能恢复过备份，请联系中心负责人",
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
        502, "恢复声明的签名不对", "请不要再上报，联系中心负责人", "Restore not by the root key", "Stop; ask the head"
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
        403, "这台手机已冻结", "同一序号出现了两份内容，请重新登记（两分钟）", "Device frozen", "Enrol again"
    ),
    "device.revoked": Problem(403, "这台手机已停用", "请联系中心负责人", "Device revoked", "Ask the centre head"),
    "device.suspended": Problem(
        403, "这台手机已挂失，暂停使用", "找到手机后请中心恢复", "Device suspended", "Ask the centre to lift it"
    ),
    "device.rejected": Problem(
        403, "这台手机没有通过审核", "请重新扫码登记", "Device was rejected", "Enrol again with a new code"
    ),
    "device.not_active": Problem(
        409, "手机现在的状态不能这样处理", "请刷新页面", "Not possible in the device's state", "Reload"
    ),
    "device.key_old": Problem(
        409, "手机密钥已经更换过", "请用新密钥", "The key was replaced already", "Use the new key"
    ),
    "device.silent": Problem(
        409, "这台手机好多天没有同步", "请打电话问一问，找不到就挂失", "The device has been silent", "Call its owner"
    ),
    "device.new_key": Problem(
        409, "这台手机换了密钥", "请和本人核对；不是本人换的，马上挂失", "The device has a new key", "Ask its owner"
    ),
    "quarantine.chain.equivocation": Problem(
        409,
        "一台手机交来两份对不上的内容",
        "两份都留着，请对照，给本人重新登记手机",
        "One phone, two histories",
        "Compare them, and enrol the phone anew",
    ),
    "quarantine.chain.waiting": Problem(
        409,
        "捎来的一批没有等到前面的",
        "手机已停用或冻结，请逐条核对再采用",
        "A carried batch never met those before it",
        "Its phone is out of use; look at each entry",
    ),
    "quarantine.device.revoked": Problem(
        409, "停用的手机又交来内容", "已单独存放，请逐条核对再采用", "A revoked phone handed in", "Look at each entry"
    ),
    "quarantine.device.frozen": Problem(
        409, "冻结的手机又交来内容", "已单独存放，请逐条核对再采用", "A frozen phone handed in", "Look at each entry"
    ),
    "field.private": Problem(
        403, "这一项手机上只有掩码", "请中心处理", "Only masked on the device", "The centre settles it"
    ),
    "record.erased": Problem(
        410, "这条记录已按规定清除", "不再接收它的内容", "The record was erased", "Nothing of it is kept again"
    ),
    "erasure.not_ended": Problem(
        409,
        "还有没办完的办件或没答复的意见，不能清除",
        "办件归档、意见答复以后再清除",
        "Something is still open",
        "File the case, or answer the opinion, first",
    ),
    "retention.invalid": Problem(
        422, "保存期限不对", "不能短于规定的最短期限", "Not a period that may be kept", "See the shortest ones"
    ),
    "retention.due": Problem(
        409, "有到期该清除的记录", "请在“到期资料”里看过后处理", "Records are due for erasure", "Look and erase them"
    ),
    "erasure.quarantined": Problem(
        409,
        "单独存放的批次里还有它的内容",
        "请先核对单独存放的批次",
        "A quarantined batch speaks of it",
        "Decide on that first",
    ),
    "budget.exceeded": Problem(
        429, "这台手机请求太多", "过一会儿会自动再试", "Too many requests", "It tries again by itself"
    ),
    "witness.silent": Problem(
        409,
        "见证主机多日没有联署日志",
        "请区里查看见证主机和网络",
        "A witness has not cosigned for days",
        "Look at the witness's host and the network",
    ),
    "witness.refused": Problem(
        409,
        "见证主机不认这份日志",
        "日志可能分叉，请马上联系区里",
        "A witness refuses the log",
        "It may be forked: call",
    ),
    "witness.behind": Problem(
        403,
        "见证主机不认得这里的签名",
        "请给它换上新的密钥清单，再重新启动",
        "A witness does not know the signature",
        "Give it the newest keyring, and start it anew",
    ),
    "log.unknown": Problem(404, "没有这份日志", "请核对编号", "No such log", "Check the id"),
    "log.forked": Problem(
        409, "日志对不上", "请马上告诉中心负责人", "The log contradicts itself", "Tell the centre head at once"
    ),
    "pin.wanted": Problem(401, "请输入PIN", "这台手机上了锁", "The PIN is wanted", "This device is locked"),
    "phone.which": Problem(
        422, "这台手机上不止一个人", "请说明是谁", "More than one person is on this phone", "Say who you are"
    ),
    "phone.unknown": Problem(
        404,
        "这台手机上没有这个人",
        "请核对姓名，或先登记",
        "Nobody of this name is on this phone",
        "Check the name, or enrol",
    ),
    "disk.full": Problem(
        507,
        "手机存满了，这一步没有做成",
        "请先清理出空间，再做一次；以前保存的都还在",
        "The disk is full; this was not done",
        "Make room and do it again; what was saved before is still here",
    ),
    "pin.unset": Problem(
        422,
        "这台手机没有设PIN，不能存放住户资料",
        "请先设一个至少六位的PIN",
        "This device has neither PIN nor keystore, so it keeps nothing private",
        "Set a PIN of at least six characters",
    ),
    "pin.wrong": Problem(
        401, "PIN不对", "请再想一想，错十次就再也打不开", "Wrong PIN", "After ten wrong ones it opens no more"
    ),
    "pin.wait": Problem(
        429, "PIN错得太多，请等一会儿", "过几分钟再试", "Too many wrong PINs", "Try again in some minutes"
    ),
    "pin.weak": Problem(
        422, "这个PIN太好猜", "至少六位，不要连号或重复", "The PIN is too easy", "At least six, no runs or repeats"
    ),
    "store.destroyed": Problem(
        410,
        "PIN错得太多，这台手机上的内容已锁死",
        "没交的内容还封存着，请带到中心交上",
        "Too many wrong PINs: locked for ever",
        "What was not handed in lies sealed; take it to the centre",
    ),
    "store.keystore": Problem(
        401,
        "系统密钥库里没有这台手机的钥匙",
        "请在原来的手机上打开",
        "The keystore lacks the key",
        "Open it there",
    ),
    "lease.over": Problem(
        403,
        "很久没有联系中心，住户资料已锁上",
        "连上网络同步一次就能看；收件照常",
        "Not heard of the centre for long",
        "Sync once to see records again; collecting goes on",
    ),
    "spool.malformed": Problem(400, "不是封存的内容", "请从手机文件夹重新复制", "Not a spool", "Copy it again"),
    "spool.signature": Problem(
        401, "封存内容的签名不对", "请从手机文件夹重新复制", "A spooled save's signature is invalid", "Copy it again"
    ),
    "bundle.nothing": Problem(
        409, "没有要带走的内容", "都已收讫，不用再带", "Nothing to carry", "Everything has its receipt"
    ),
    "bundle.listens": Problem(
        409,
        "这台手机重新登记后还没有同步过",
        "请先同步一次，再导出",
        "This phone was enrolled anew and has not synced since",
        "Sync once, then export",
    ),
    "seal.no_key": Problem(
        409, "服务器还没有公布封装密钥", "请先同步一次", "The server has no seal key", "Sync once, then try again"
    ),
    "bundle.malformed": Problem(
        400, "不是代办导出的文件，或已损坏", "请从原手机重新导出", "Not a bundle, or damaged", "Export it again"
    ),
    "bundle.signature": Problem(
        401, "导出文件的签名不对", "请从原手机重新导出", "The bundle's signature is invalid", "Export it again"
    ),
    "bundle.unknown": Problem(
        404, "这份回执不是给这台手机的", "请核对是哪台手机导出的", "Not this device's bundle", "Find whose it is"
    ),
    "seal.malformed": Problem(400, "不是封装文件", "请重新导出", "Not sealed content", "Export it again"),
    "seal.broken": Problem(
        422, "封装文件损坏或被改动", "请从原手机重新导出", "Sealed content is damaged", "Export it again"
    ),
    "seal.unknown": Problem(
        422, "不是封给本服务器的", "请核对交到哪里", "Sealed to another server", "Check where it belongs"
    ),
    "quarantine.unknown": Problem(404, "没有这份单独存放的批次", "请刷新页面", "No such quarantined batch", "Reload"),
    "quarantine.decided": Problem(
        409, "这份批次已经处理过", "请刷新页面", "The batch was dealt with already", "Reload"
    ),
    "quarantine.entries": Problem(
        422, "所选记录不在这份批次里", "请重新选择", "Entries are not of this batch", "Choose again"
    ),
    "quarantine.refused": Problem(
        409,
        "所选的里面有现在不能采用的，这一批还没有定",
        "请去掉这几条再采用，或者在办件、上门里照着办",
        "Some of these cannot be adopted now; nothing was decided",
        "Leave them out, or do what they say on the case or visit itself",
    ),
    "device.not_pending": Problem(409, "这台手机不在待审核状态", "请刷新页面", "Device is not pending", "Reload"),
    "gap.invalid": Problem(422, "没有这样的缺口", "请核对批次号", "No such gap", "Check the batch numbers"),
    "person.role": Problem(422, "不能这样录用", "请核对姓名和角色", "Not a role that you give", "Check name and role"),
    "person.login_taken": Problem(409, "登录名已有人用", "请另取登录名", "The login is taken", "Choose another login"),
    "person.badge_taken": Problem(409, "工号已有人用", "请另编工号", "The badge is taken", "Choose another badge"),
    "person.hands_over": Problem(
        409,
        "这个角色手上的事要有人接，不能只停用账号",
        "请中心负责人给他办离岗交接",
        "Somebody must take over what this role has on its hands",
        "Have the head hand it over",
    ),
    "person.owes_answers": Problem(
        409,
        "还有意见等他答复，账号没有停用",
        "请先由他或别人答复，或在“意见评价”里另定答复人",
        "Opinions wait for an answer from this person",
        "Answer them, or name somebody else, first",
    ),
    "person.close_own": Problem(
        409,
        "不能停用自己的账号",
        "请由能录用您的人来办",
        "Nobody ends his own account",
        "Ask somebody who may take you on",
    ),
    "person.close_last": Problem(
        409,
        "这是区政务办最后一个账号，没有停用",
        "请先录用一位，再停用他的",
        "The district's last account stays",
        "Take somebody on first",
    ),
    "person.unknown": Problem(404, "本中心没有这个人", "请检查人员", "Unknown person", "Check the person"),
    "place.unknown": Problem(404, "本中心没有这个村（社区）", "请检查地点", "Unknown place", "Check the place"),
    "fingerprint.mismatch": Problem(
        422, "两边的核对码不一致", "请当面再核对一次", "Fingerprints differ", "Compare again"
    ),
    "enrolment.malformed": Problem(
        400, "登记请求格式不对", "请更新应用后重试", "Malformed enrolment", "Update the app"
    ),
    "enrolment.other_centre": Problem(
        409, "这部手机原来属于别的中心", "请由原中心重新登记", "Device of another centre", "Enrol at its own centre"
    ),
    "enrolment.other_person": Problem(
        409, "这份数据是别人的", "每位代办员用自己的数据文件夹", "Another person's device", "Use a folder of your own"
    ),
    "enrolment.proof": Problem(401, "登记请求的签名不对", "请重试", "Proof of possession invalid", "Try again"),
    "enrolment.code": Problem(
        403, "登记码无效、已用过或已过期", "请中心负责人重新出码", "Code invalid", "Ask for a new code"
    ),
    "chain.gap": Problem(409, "中间缺少批次", "会自动补报", "Batches are missing", "Send the missing ones first"),
    "chain.equivocation": Problem(
        409,
        "同一序号出现了两份内容",
        "两份都已保存，请重新登记（两分钟）",
        "Two histories under one key",
        "Enrol again",
    ),
}
