"""What can be wrong with a file that a plan is asked for in; the detail names the place in the file."""

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
        400, "同一编号出现了两次", "每个编号只能出现一次,请修改所指的位置", "Given twice", "Give each id once"
    ),
    "plan.unknown": Problem(
        400, "文件里没有这个编号", "请核对所指位置的编号", "No such id in the file", "Check the id at the place named"
    ),
    "plan.point": Problem(
        400, "地点不对", "请核对坐标,以及地点的序号", "No such point", "Check the coordinates and the point's number"
    ),
    "plan.matrix": Problem(
        400,
        "路程表不对",
        "路程表行列要一样多,到自己的路程是 0",
        "Not a matrix of roads",
        "It is square, and 0 from a point to itself",
    ),
    "plan.time": Problem(
        400,
        "起止时间不对",
        "结束要晚于开始,同一人的班次要按先后排列、不重叠",
        "Times in disorder",
        "It ends after it starts; shifts of one vehicle ascend without overlap",
    ),
    "plan.crew": Problem(
        400, "上门人数不对", "请核对需要几人同去", "Wrong number in the crew", "Name as many as the visit's crew says"
    ),
    "plan.promise": Problem(
        400,
        "已约定的上门无法守约",
        "请核对所指的约定:时间、人员、路程有冲突",
        "A promise cannot be kept",
        "Check the promise that is named: its time, its crew and the road",
    ),
}
