"""Codes as people read them, wherever they stand: in lists, on paper, in workbooks, in figures."""

from collections.abc import Mapping

MODES: Mapping[str, str] = {"direct": "直接办理", "limited": "限时办理", "proxy": "代为办理", "home": "上门办理"}
"""How a matter is handled (`mode`), and the label of the statistics for what was collected at a home."""
PAPER_FORMS: Mapping[str, str] = {"original": "原件", "copy": "复印件"}
RATINGS: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
"""The five levels of 好差评; the last two are bad."""
