"""What can be wrong with questions to the server: figures, accounts, the API."""

from daiban_schemas.problems import Problem

ASKING: dict[str, Problem] = {
    # Figures
    "figures.span": Problem(
        400,
        "统计起止日期不对",
        "起始日期不能晚于截止日期，最多统计400天",
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
        422,
        "考核公式不对",
        "请核对指标名称，各部分不能重名",
        "Unusable formula",
        "Check the names of figures and parts",
    ),
    "register.too_many": Problem(
        413, "登记太多，一次查不完", "请缩短起止日期", "Too many lines of a register", "Ask for fewer days"
    ),
    # Tasks and messages
    "task.over": Problem(409, "这件待办已经办完", "要接着办，请先撤回办完", "The task is done", "Undo that first"),
    "task.open": Problem(409, "这件待办还没有办完", "请看最新的情况", "The task is open", "Look at how it stands"),
    "task.not_handed": Problem(
        409,
        "这件待办不是您交出去的",
        "请和交办的人或中心负责人说",
        "You did not hand this task over",
        "Ask whoever did, or the head",
    ),
    "task.not_for_them": Problem(
        422, "他的岗位不看待办", "请交给窗口或中心负责人", "Has no tasks in this post", "Hand it to a clerk or the head"
    ),
    "message.not_failed": Problem(
        409, "这条消息没有发送失败", "请看最新的情况", "The message did not fail", "Look at how it stands"
    ),
    "message.reached": Problem(
        409, "这条消息已经告知", "请看最新的情况", "The message was delivered", "Look at how it stands"
    ),
    # Accounts and the API
    "session.missing": Problem(401, "请先登录", "登录后再试", "Sign in first", "Sign in"),
    "session.refused": Problem(401, "账号或密码不对", "请重新输入", "Wrong account or password", "Try again"),
    "session.too_many": Problem(429, "试得太多了", "请稍后再试", "Too many attempts", "Wait and try again"),
    "csrf.mismatch": Problem(403, "页面已过期", "请刷新页面后重试", "Page expired", "Reload and try again"),
    "permission.denied": Problem(403, "您的岗位没有这个权限", "请找有权限的同事", "Not permitted", "Ask a colleague"),
    "reveal.reason": Problem(
        422,
        "没有写明查看理由",
        "请选一个理由；选“其他”时请写清楚，不超过200字",
        "No reason to be shown this",
        "Choose a reason; other reasons need words, at most 200 characters",
    ),
    "search.name": Problem(
        422,
        "查找的名字要有 1 到 20 个字",
        "请另写一个名字",
        "A search's name has 1 to 20 characters",
        "Write another name",
    ),
    "search.taken": Problem(
        409, "已有一个查找叫这个名字", "请另写一个名字", "A search has this name already", "Write another name"
    ),
    "search.empty": Problem(
        422, "还没有条件可存", "请先查找，再保存", "There is nothing to keep yet", "Search for something first"
    ),
    "search.too_many": Problem(
        409,
        "存的查找已有 12 个",
        "请先删掉一个不用的",
        "Twelve searches are kept already",
        "Remove one that is not used",
    ),
    "search.unknown": Problem(
        404, "没有存过这个查找", "请刷新后再看", "No such search is kept", "Reload and look again"
    ),
    "reveal.nothing": Problem(
        404, "这一项没有隐藏的内容", "请刷新后再看", "Nothing of it is hidden", "Reload and look again"
    ),
    "reveal.too_many": Problem(
        429,
        "一小时内查看完整号码次数太多",
        "请稍后再查看；中心负责人已收到提醒",
        "Too many whole numbers shown within an hour",
        "Wait; the centre head has been told",
    ),
    "datum.unknown": Problem(
        400,
        "坐标系不认识",
        "请用 wgs84 或 gcj02（国内地图）",
        "Unknown datum",
        "Use wgs84, or gcj02 as Chinese maps do",
    ),
    "request.invalid": Problem(400, "请求内容不对", "请检查后重试", "Invalid request", "Check it and try again"),
    "request.not_found": Problem(404, "没有这个地址", "请检查地址", "Not found", "Check the address"),
    "request.method": Problem(
        405,
        "这个地址不能直接打开",
        "请从菜单打开原来那一页，在那里填好再提交；程序请检查方法",
        "This address cannot be opened by itself",
        "Open the page with its form from the menu and send it from there; programs: check the method",
    ),
    "request.media_type": Problem(
        415, "内容类型不支持", "请检查内容类型", "Unsupported media type", "Check the content type"
    ),
    "server.busy": Problem(
        503, "服务器暂时不能保存", "没有保存，请稍后重试", "Cannot save just now", "Nothing was saved; try later"
    ),
    "server.fault": Problem(500, "服务器出错", "没有保存，请稍后重试", "Server fault", "Nothing was saved; try later"),
}
