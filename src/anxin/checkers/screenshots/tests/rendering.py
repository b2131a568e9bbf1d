"""Pictures as a phone would show them, drawn for the tests."""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import numpy
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

SIMPLIFIED = 2
SIZE, STEP, MARGIN, BUBBLE = 42, 62, 30, 720


@cache
def font(size: int = SIZE) -> ImageFont.FreeTypeFont:
    path = str(files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc")
    made = ImageFont.truetype(path, size, index=SIMPLIFIED)
    made.set_variation_by_axes([400])
    return made


def wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for each in text:
        if font().getlength(lines[-1] + each) > width:
            lines.append("")
        lines[-1] += each
    return lines


def code(text: str, scale: int = 10) -> Image.Image:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(numpy.array(made.to_image(scale=scale))).convert("RGB")


def chat(*bubbles: str, leads_to: str = "", width: int = 1080, height: int = 2000) -> Image.Image:
    """Draw a chat: white bubbles from the left, a code below them."""
    image = Image.new("RGB", (width, height), (237, 237, 237))
    draw = ImageDraw.Draw(image)
    top = 160
    for text in bubbles:
        lines = wrapped(text, BUBBLE - 2 * MARGIN)
        bottom = top + len(lines) * STEP + 40
        draw.rounded_rectangle((180, top, 180 + BUBBLE, bottom), 20, fill="white")
        for place, line in enumerate(lines):
            draw.text((180 + MARGIN, top + 15 + place * STEP), line, font=font(), fill=(20, 20, 20))
        top = bottom + 50
    if leads_to:
        image.paste(code(leads_to), (180, top))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scam_chat() -> Image.Image:
    return chat(
        "您好，我是淘宝官方客服，您的快递丢失，现在给您办理双倍理赔。",
        "请下载会议软件，开启屏幕共享，我指导您操作，电话13812345678",
        "收款卡号6222021234567890128，先转5000元到安全账户",
        "点击链接 http://taoba0-kefu.top/login 填写验证码",
        leads_to="https://taoba0.com/lipei",
    )
