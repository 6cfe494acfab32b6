"""The catalogue's codes as people read and write them: in sheets, in differences."""

from collections.abc import Mapping

UNITS: Mapping[str, str] = {"working": "工作日", "calendar": "自然日"}
DESKS: Mapping[str, str] = {"window": "窗口", "enquiry": "问询岗", "land": "征地拆迁岗", "stuck": "办不成事窗口"}
QUESTION_TYPES: Mapping[str, str] = {
    "text": "单行文字",
    "lines": "多行文字",
    "integer": "整数",
    "money": "金额",
    "date": "日期",
    "flag": "是否",
    "choice": "单选",
    "choices": "多选",
    "phone": "电话",
    "identity_number": "身份证号",
}
FLAGS: Mapping[bool, str] = {True: "是", False: "否"}
