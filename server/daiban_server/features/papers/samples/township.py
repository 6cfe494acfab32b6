"""The made-up township of the samples: its office, its people, one application."""

import datetime
import io

from PIL import Image, ImageDraw

from ..documents import Agent, Office, Paper, Party, Remedy

OFFICE = Office(
    name="清河镇便民服务中心",
    phone="0915-3210001",
    address="清河镇清河路12号",
    supervision="0915-3210009",
)
AGENT = Agent(name="王芳", badge="QH-017", phone="13800138017")
STAND_IN = Agent(name="李明", badge="QH-021", phone="13800138021")
TODAY = datetime.date(2026, 3, 5)
APPLICANT = "张桂兰"
ITEM = "城乡居民基本养老保险待遇申领"
CASE = "QH-2026-000128"
CODE = "7K4M-92QX"
LINK = f"https://daiban.example/q/{CASE}/{CODE}"
PRINCIPAL = Party(name=APPLICANT, identity="6****************2", phone="0915-3215678", address="清河镇柳树村三组")
PAPERS = (
    Paper(name="居民身份证", form="复印件", note="核对原件后退还"),
    Paper(name="居民户口簿", form="复印件", note="首页和本人页"),
    Paper(name="社会保障卡（一卡通）账号", form="复印件"),
    Paper(name="待遇申领表", form="原件", note="本人签名或捺印"),
)
MISSING = (
    Paper(name="待遇申领表", form="原件", note="由本人签名；不能书写的，捺印并由见证人签名。\n表格可向代办员领取。"),
    Paper(name="社会保障卡", form="复印件", note="正反面；卡已激活金融账户"),
)
REMEDY = Remedy(review="汉江区人民政府", court="汉江区人民法院")


def day(month: int, number: int) -> datetime.date:
    """A day of the samples' year."""
    return datetime.date(2026, month, number)


def drawn() -> bytes:
    """A drawn signature as PNG: three strokes."""
    image = Image.new("RGBA", (360, 140), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for stroke in (
        [(20, 40), (90, 30), (60, 70), (30, 110), (80, 90)],
        [(130, 30), (170, 25), (150, 60), (135, 115), (190, 60), (200, 110)],
        [(230, 40), (300, 35), (265, 36), (262, 118), (240, 100), (330, 90)],
    ):
        pen.line(stroke, fill=(20, 20, 60, 255), width=5, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
