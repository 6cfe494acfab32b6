"""Codes as people read them, wherever they stand: in lists, on paper, in workbooks, in figures."""

from collections.abc import Mapping

MODES: Mapping[str, str] = {"direct": "直接办理", "limited": "限时办理", "proxy": "代为办理", "home": "上门办理"}
"""How a matter is handled (`mode`), and the label of the statistics for what was collected at a home."""
PAPER_FORMS: Mapping[str, str] = {"original": "原件", "copy": "复印件"}
RATINGS: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
"""The five levels of 好差评; the last two are bad."""
ITEM_TYPES: Mapping[str, str] = {
    "permit": "行政许可",
    "payment": "行政给付",
    "confirmation": "行政确认",
    "reward": "行政奖励",
    "ruling": "行政裁决",
    "levy": "行政征收",
    "other": "其他行政权力",
    "public_service": "公共服务",
}
SOURCES: Mapping[str, str] = {
    "counter": "窗口",
    "home": "上门",
    "telephone": "电话",
    "village_point": "村级服务点",
    "hotline": "12345 热线",
    "opinion_box": "意见箱",
    "round": "民情线索",
}
"""Where a matter came from."""
CHANNELS: Mapping[str, str] = {
    "opinion_box": "意见箱",
    "hotline": "12345 热线",
    "stuck": "“办不成事”反映窗口",
    "complaint": "投诉举报",
    "rating": "差评核实整改",
}
"""Where an opinion came from."""

MONTHS = tuple(f"{number}月" for number in range(1, 13))
WEEKDAYS = tuple(f"周{day}" for day in "一二三四五六日")
"""From Monday on, as `datetime.date.weekday` counts."""
