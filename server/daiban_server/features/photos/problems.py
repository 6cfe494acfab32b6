"""What can go wrong with a photo, as stable codes with a title and advice for the person who sees it."""

from typing import NamedTuple


class Problem(NamedTuple):
    """HTTP status, and Chinese words: what happened, and what to do now."""

    status: int
    title: str
    advice: str


PROBLEMS = {
    "ticket.invalid": Problem(404, "上传凭证无效", "请重新同步,手机会领取新的上传凭证。"),
    "ticket.expired": Problem(410, "上传凭证已过期", "请重新同步,领取新凭证后从断开处接着传。"),
    "upload.version": Problem(412, "上传协议版本不支持", "请把应用更新到最新版本。"),
    "upload.header": Problem(400, "上传请求的格式不对", "请重新同步;仍不行请更新应用。"),
    "upload.length": Problem(400, "照片大小与登记的不符", "请重新同步;照片没有丢,仍在手机里。"),
    "upload.too_large": Problem(413, "传来的内容超过登记的大小", "请重新同步;照片没有丢,仍在手机里。"),
    "upload.type": Problem(415, "上传内容的类型不对", "请把应用更新到最新版本。"),
    "upload.unknown": Problem(404, "没有这次上传", "可能放置太久已被清理,请重新同步再传一次。"),
    "upload.offset": Problem(409, "上传位置对不上", "手机会查询已收到的位置,从那里接着传。"),
    "upload.busy": Problem(423, "这张照片正在上传", "请稍等片刻,上一个连接结束后会接着传。"),
    "upload.checksum": Problem(460, "这一段在路上损坏了", "手机会重传这一段,不用重拍。"),
    "upload.algorithm": Problem(400, "不支持这种校验方法", "请使用 sha256 或 sha1。"),
    "upload.stored": Problem(409, "照片已经收妥,不能取消", "如需撤换,请在申请里更换材料照片。"),
    "photo.digest": Problem(460, "照片内容与登记的不符", "已收到的部分作废,请重新同步再传;仍不行请重拍。"),
    "photo.unknown": Problem(404, "没有这张照片", "照片可能还在路上,请稍后再看。"),
    "photo.unreadable": Problem(422, "照片打不开", "文件不完整或不是照片,请重拍一张。"),
    "photo.too_many_pixels": Problem(422, "照片像素太多", "请用普通拍照模式重拍,不要用全景或超高像素。"),
    "photo.too_hard": Problem(422, "照片处理不了", "处理超出了时间或内存的限制,请重拍一张。"),
    "storage.full": Problem(507, "服务器存储已满", "照片仍在手机里,请联系区里的管理员,稍后再传。"),
}


class PhotoError(Exception):
    """`code` is a key of `PROBLEMS`; `detail` is for developers and names no personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

    @property
    def problem(self) -> Problem:
        """Status and words."""
        return PROBLEMS[self.code]
