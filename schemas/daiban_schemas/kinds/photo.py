"""A photo of a paper, under the record it proves. The bytes travel apart and are named by their hash."""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import Choice, Digest, Instant, Integer, Reference, Text

KIND = Kind(
    "photo",
    "材料照片",
    [
        Field("parent", "所属", Reference("application", "household", "mandate", "visit", "reply", "consent")),
        Field("paper", "材料名称", Text(100)),
        Field("page", "页码", Integer(1, 200)),
        Field("sha256", "上传内容摘要", Digest()),
        Field("size", "字节数", Integer(1, 50_000_000)),
        Field("type", "格式", Choice("image/jpeg", "image/png", "image/webp", "application/octet-stream")),
        Field("width", "宽", Integer(1, 100_000)),
        Field("height", "高", Integer(1, 100_000)),
        Field("taken_at", "拍摄时间", Instant()),
        Field("clear_sha256", "原图摘要", Digest()),
        Field("wrapped_key", "封装密钥", Text(400)),
        Field("note", "备注", Text(500)),
    ],
    parent="parent",
    deletable=True,
)
