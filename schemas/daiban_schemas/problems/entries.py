"""What can be wrong with what people wrote, asked and reported."""

from daiban_schemas.problems import Problem

ENTRIES: dict[str, Problem] = {
    # Entries
    "kind.unknown": Problem(422, "记录类型不认识", "服务器升级后自动处理", "Unknown kind", "Waits for a newer server"),
    "kind.read_only": Problem(
        403,
        "这类记录不由您维护",
        "请联系区里或中心负责人",
        "Not yours to write",
        "Ask the district, or the centre head",
    ),
    "record.unknown": Problem(
        404, "没有这条记录", "请检查编号，或等它上报后自动处理", "No such record", "Check the id"
    ),
    "record.other_kind": Problem(422, "编号已用于另一类记录", "请更新应用", "Record of another kind", "Update the app"),
    "record.too_contested": Problem(
        409, "这条记录的不一致太多", "请先处理已有的不一致", "Too many open values", "Settle those that stand first"
    ),
    "parent.missing": Problem(
        422, "所属记录还没上报", "所属记录上报后自动处理", "Parent missing", "Waits for its parent"
    ),
    "parent.other_kind": Problem(422, "所属记录类型不对", "请更新应用", "Parent of another kind", "Update the app"),
    "record.not_yours": Problem(
        403,
        "这是别人说的话，只有本人和代为登记的人能更正",
        "要补充的请另写一条，或请本人更正",
        "Somebody else's word",
        "Write a record of your own, or ask whose word it is to correct it",
    ),
    "scope.foreign": Problem(
        403, "这户不在您负责的村（社区）", "已保存待查，请联系中心", "Not in your territory", "Kept; ask the centre"
    ),
    "seen.ahead": Problem(422, "看到的版本比服务器新", "请重新下载数据", "Seen is ahead", "Pull first"),
    "field.server_only": Problem(403, "这一项只由系统填写", "请用相应的操作", "Field is the server's", "Use a command"),
    "field.held": Problem(
        409,
        "已经收件、受理、签署或计入，这一项不能直接改",
        "原值照旧有效，所写的留在旁边；办件确需更改，请由窗口用“更正”并写明理由，委托书请另签一份",
        "Held since it was received, accepted, signed or counted",
        "The old value stays, yours beside it; of a case ask the window to correct it, and have a mandate signed anew",
    ),
    "household.itself": Problem(
        422, "这是同一条登记", "请选另一户", "It is the same record", "Choose another household"
    ),
    "household.merged": Problem(
        409,
        "这一户已经并入别的户",
        "请打开它并入的那一户，在那一户上办；并错了的先拆开",
        "This household was merged into another",
        "Open the one it was merged into and go on there; separate it first if that was wrong",
    ),
    "household.changed": Problem(
        409,
        "这期间有人改过其中一户，没有并户",
        "请按现在的内容再看一遍",
        "Somebody changed one of the two meanwhile; nothing was merged",
        "Look at both as they stand now",
    ),
    "household.told_apart": Problem(
        409,
        "已有人核对过，这两户不是一户",
        "确是一户的，先在“疑似重户”里点“重新核对”",
        "Somebody looked and said that these are two",
        "If they are one after all, compare them again first",
    ),
    "household.too_many": Problem(
        422,
        "已核对的户太多",
        "请先把其中几户重新核对",
        "Too many that were told apart",
        "Compare some of them again first",
    ),
    "merge.failed": Problem(
        500, "合并时出错，已保存待查", "工作人员会处理", "Merge failed; kept", "Somebody looks at it"
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
        "请换用新版事项后再提交，已填的内容不会丢",
        "This edition of the item has expired",
        "Choose the new edition; what was filled in is kept",
    ),
    "papers.arriving": Problem(
        409, "照片还没传完", "等照片传完，或写明理由", "Papers still arriving", "Wait, or give a reason"
    ),
    "item.not_direct": Problem(
        409, "这个事项不能当场办结", "请先受理并承诺时限", "Not a matter for the spot", "Accept it and promise a day"
    ),
    "kin.conflict": Problem(
        403, "申请人是您的近亲属，应当回避", "请移交给其他人办理", "The applicant is your relative", "Hand it over"
    ),
    "notice.again": Problem(
        409,
        "已经一次性告知过了",
        "再次告知要写明原因，并会计入考核",
        "Told once already",
        "Telling again needs a reason",
    ),
    "pause.counted": Problem(
        409, "这一步计入时限，不能暂停", "请核对事项的特殊环节", "This step counts", "Look at the item's special steps"
    ),
    "promise.longer": Problem(
        422,
        "比承诺时限长",
        "请写明理由，或请中心负责人受理",
        "Longer than the item promises",
        "Give a reason, or ask the head",
    ),
    "above.unanswered": Problem(
        409, "上级还没有答复", "请先登记答复，或写明理由", "Not answered above", "Record the answer, or give a reason"
    ),
    "extension.late": Problem(
        409,
        "承诺的日子已过，不能再延期",
        "延期要在到期以前批准；请抓紧办结，并在办结时写明超期原因",
        "The day is over: too late to extend",
        "Extensions are given before it; finish the case and say why it is late",
    ),
    "mandate.not_on_paper": Problem(
        409,
        "这个事项要有纸质委托书，还没有登记",
        "请委托人在纸上签名，再在委托书里登记为纸质",
        "A mandate on paper is needed",
        "Have it signed on paper and record that in the mandate",
    ),
    "person.not_seen": Problem(
        409,
        "这个事项须本人到场，还没有见到本人的记录",
        "请上门或请本人到场核验，再登记“已入户核验”",
        "The person must be seen, and was not",
        "Meet the applicant and report `verified`",
    ),
    "crew.alone": Problem(
        409,
        "这个事项须两人一同上门，还没有同行人的记录",
        "请登记同行人，或两人一同再去核验",
        "Two have to go, and one was named",
        "Name the second person, or go again together and report `verified`",
    ),
    "pause.open": Problem(409, "已经在暂停计时", "请先恢复计时", "Paused already", "Resume it first"),
    "pause.none": Problem(409, "现在没有暂停计时", "请看最新状态", "Not paused", "Look at the state"),
    "handover.same": Problem(409, "这件本来就由他负责", "请另选一人", "He answers for it already", "Choose another"),
    "handover.nobody": Problem(
        409,
        "还没有指定接手人，岗位也没有B岗",
        "请指定一名在岗人员接手",
        "Nobody to take over",
        "Name somebody, or give the post a B",
    ),
    "handover.opinion": Problem(
        409,
        "有意见反映没有合适的人接着答复",
        "请先由不涉及的人答复，或补上负责人后再办离岗",
        "Nobody is left whom an open opinion is not about",
        "Have it answered first, or take on somebody above",
    ),
    "handover.unsent": Problem(
        409,
        "这部手机还没有交清",
        "停用后，手机里没交来的记录和照片就再也没有了；请先设法让它联网交清，确定不要了才写明“不再等”(lost)",
        "This phone has not said that nothing is left on it",
        "What it still holds would be lost: have it sync first, or state `lost`",
    ),
    "handover.not_awaited": Problem(
        404, "没有在等这部手机交回", "请核对手机", "No such phone is awaited", "Check which phone it is"
    ),
    "handover.role": Problem(
        409, "接手人的角色不同", "请选同一角色的人员", "Of another role", "Choose somebody of the same role"
    ),
    "handover.away": Problem(
        409, "接手人那段时间也不在岗", "请另选一人", "Away himself at that time", "Choose somebody else"
    ),
    "handover.twice": Problem(
        409,
        "这段时间已经安排过交接",
        "请先取消或结束前一次",
        "Handed over already",
        "End or cancel the other one first",
    ),
    "handover.time": Problem(
        422, "返岗时间不在开始时间之后", "请核对起止时间", "It ends before it begins", "Check both times"
    ),
    "handover.kin": Problem(
        409,
        "有申请人是接手人的近亲属",
        "请先把这些件移交给别人，或另选接手人",
        "Some applicants are relatives of the one who takes over",
        "Hand those cases to others first, or choose another",
    ),
    "handover.stands_in": Problem(
        409, "他正在替别人顶岗", "请先另派人顶岗", "He stands in for another", "Let somebody else stand in first"
    ),
    "handover.final": Problem(
        409, "调岗和离岗没有返岗", "请另行安排交接", "There is no return from this", "Arrange another handover"
    ),
    "handover.not_yours": Problem(
        403, "只有本人或中心负责人可以", "请联系中心负责人", "Not yours to end", "Ask the centre head"
    ),
    "handover.last_head": Problem(
        409,
        "他是中心唯一的负责人",
        "请先录用新的负责人",
        "The only head of the centre",
        "Take on another head first",
    ),
    "post.pair": Problem(422, "A岗和B岗不能是同一人", "请另选B岗", "A and B are one person", "Choose another B"),
    "post.role": Problem(
        409, "人员的角色与岗位不符", "请选同一角色的人员", "Not of the post's role", "Choose somebody of that role"
    ),
    "archive.undelivered": Problem(
        409, "还没有送达记录", "请先登记送达，或写明原因", "Not delivered yet", "Record the delivery, or give a reason"
    ),
    "archive.papers_owed": Problem(
        409,
        "急难先办的材料还没有补交",
        "请先登记补交，或写明原因",
        "Papers that were to come later are still owed",
        "Record that they were brought, or give a reason",
    ),
    "follow_up.attempts": Problem(
        409,
        "联系的次数还不够，不能按未联系上结束回访",
        "请换一天再联系；每天算一次，次数由区里规定",
        "Not tried on enough days",
        "Try again on another day; the district says on how many",
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
        403, "反映的是本人经办的事，应由他人答复", "请由其他人答复", "It is about you", "Somebody else answers"
    ),
    "opinion.not_rated": Problem(
        409, "只有差评整改可以延期", "请按期答复", "Only mending a bad rating is prolonged", "Answer it by its day"
    ),
    "opinion.prolonged": Problem(
        409,
        "已经延期过一次，不能再延",
        "请在最后一天以前整改并答复",
        "Prolonged once already",
        "Mend it and answer by its last day",
    ),
    "opinion.late": Problem(
        409,
        "整改期限已过，不能再延期",
        "延期要在到期以前批准；请立即整改并答复",
        "The day is over: too late to prolong",
        "It is prolonged before its day; mend it and answer now",
    ),
    "opinion.approver": Problem(
        403,
        "整改责任人不能给自己批准延期",
        "请由中心负责人或分管领导批准",
        "Who mends it does not approve it",
        "Ask the head or the leader in charge",
    ),
    "opinion.full": Problem(429, "意见太多，暂时收不下", "请稍后再提，或打监督电话", "The box is full", "Try later"),
    "opinion.other": Problem(
        409,
        "这条先前收到过，这次写的不一样，没有收",
        "要另提一条，请再投一次",
        "It came before with other words; this was not kept",
        "To add another opinion, send it once more",
    ),
    "print.not_yet": Problem(
        409, "还没有办到这一步，打印不了", "请先办理这一步", "Not there yet", "Print it when it has happened"
    ),
    "print.unknown": Problem(404, "没有这种表单", "请核对名称", "No such form", "Check the name"),
    "rating.once": Problem(409, "这件已经评价过了", "评价只能一次，不能修改", "Rated already", "A rating stands"),
    "rating.secret": Problem(
        403,
        "评价码不对",
        "请用随办理结果收到的评价码，查询码不能用来评价",
        "Not the secret that rates it",
        "Use the one that came with the result; the look-up's code does not rate",
    ),
    "rating.not_yet": Problem(409, "还没有办结，不能评价", "请在办结后评价", "Not ended yet", "Rate it when it has"),
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
        200, "已记录，状态没有变", "有人会看", "Recorded without effect", "Somebody looks at it"
    ),
    # Limits
    "limit.invalid": Problem(
        422,
        "时限不对",
        "天数应是不小于 0 的整数，单位是工作日或自然日",
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
    "settlement.gone": Problem(
        409,
        "这个值刚才已经变了",
        "请刷新后按现在的值再选一次",
        "That value stands no longer",
        "Reload and choose again",
    ),
    "value.masked": Problem(
        422, "这是隐藏后的号码", "请对照原件填写完整号码", "This is a mask, not the number", "Write the whole number"
    ),
    "value.identity_check_digit": Problem(
        422, "身份证号有错（校验位不符）", "请对照身份证逐位核对", "Check digit is wrong", "Compare with the card"
    ),
    "value.identity_date": Problem(
        422, "身份证号里的出生日期不对", "请对照身份证核对", "Birth date is wrong", "Compare with the card"
    ),
}
