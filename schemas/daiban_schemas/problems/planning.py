"""What can be wrong with a file that a plan is asked for in (the detail names the place), and with a run of a plan."""

from daiban_schemas.problems import Problem

PLANNING: dict[str, Problem] = {
    "plan.file": Problem(
        400,
        "计划文件的格式不对",
        "请按所指的位置对照格式说明修改",
        "Malformed plan file",
        "Mend the place that is named, as the format says",
    ),
    "plan.twice": Problem(
        400, "同一编号出现了两次", "每个编号只能出现一次，请修改所指的位置", "Given twice", "Give each id once"
    ),
    "plan.unknown": Problem(
        400, "文件里没有这个编号", "请核对所指位置的编号", "No such id in the file", "Check the id at the place named"
    ),
    "plan.point": Problem(
        400, "地点不对", "请核对坐标，以及地点的序号", "No such point", "Check the coordinates and the point's number"
    ),
    "plan.matrix": Problem(
        400,
        "路程表不对",
        "路程表行列要一样多，到自己的路程是 0",
        "Not a matrix of roads",
        "It is square, and 0 from a point to itself",
    ),
    "plan.time": Problem(
        400,
        "起止时间不对",
        "结束要晚于开始，同一人的班次要按先后排列、不重叠",
        "Times in disorder",
        "It ends after it starts; shifts of one vehicle ascend without overlap",
    ),
    "plan.crew": Problem(
        400, "上门人数不对", "请核对需要几人同去", "Wrong number in the crew", "Name as many as the visit's crew says"
    ),
    "plan.promise": Problem(
        400,
        "已约定的上门无法守约",
        "请核对所指的约定：时间、人员、路程有冲突",
        "A promise cannot be kept",
        "Check the promise that is named: its time, its crew and the road",
    ),
    "plan.running": Problem(
        409,
        "本中心正在计算上门安排",
        "请等它算完，或先取消",
        "A plan is being worked out",
        "Wait until it is ready, or cancel it",
    ),
    "plan.run_unknown": Problem(404, "没有这次计算", "请从列表里重新选", "No such run", "Choose one of the list"),
    "plan.not_ready": Problem(
        409,
        "这次计算没有可用的安排",
        "没算完的请稍等；失败或已取消的请再运行一次",
        "The run has no plan",
        "Wait if it is at work; run again if it failed or was cancelled",
    ),
    "plan.committed": Problem(
        409, "这份安排已经采用", "要再调整，请再运行一次", "Committed already", "Run again to change more"
    ),
    "plan.stale": Problem(
        409,
        "算好以后上门时间又有变动，这份安排没有采用",
        "请再运行一次，按现在的情况重新安排",
        "Visits changed since the plan was made; nothing was committed",
        "Run again on what stands now",
    ),
}
