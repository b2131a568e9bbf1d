"""Say what personal data a text shows, as a check before it is sent or kept."""

from __future__ import annotations

from collections import Counter

from anxin.checkers.personal_data.text import find
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of, total_weight

NAMES = {
    "resident_id": Words("身份证号", "resident identity number"),
    "bank_card": Words("银行卡号", "bank card number"),
    "iban": Words("国际银行账号", "international bank account"),
    "social_security": Words("社会保障号", "social security number"),
    "passport": Words("护照号", "passport number"),
    "phone": Words("电话号码", "telephone number"),
    "email": Words("电子邮箱", "e-mail address"),
    "address": Words("地址", "postal address"),
    "person": Words("姓名", "person's name"),
    "chat_account": Words("QQ 或微信号", "QQ or WeChat account"),
    "plate": Words("车牌号", "vehicle plate"),
    "credit_code": Words("统一社会信用代码", "organisation's credit code"),
    "ip": Words("IP 地址", "IP address"),
}
# How much harm one of the kind does when shown to the wrong person.
WEIGHTS = {
    "resident_id": 60.0,
    "bank_card": 60.0,
    "iban": 50.0,
    "social_security": 60.0,
    "passport": 50.0,
    "phone": 40.0,
}
OTHER_WEIGHT = 20.0
_ADVICE = Advice(
    say=(Words("发送前请遮盖这些个人信息。", "Mask this personal data before sending."),),
    never=(Words("不要在消息里写完整证件号或卡号。", "Never write a full identity or card number in a message."),),
)


def check_personal_data(text: str) -> Checked:
    """Return a cue for each finding, at its place, and the number of each kind."""
    spans = find(text)
    cues = tuple(
        Cue(
            f"personal_data.{each.kind}",
            NAMES[each.kind],
            WEIGHTS.get(each.kind, OTHER_WEIGHT) * each.score,
            each.start,
            each.end,
        )
        for each in spans
    )
    score = total_weight(cues)
    facts = {kind: str(count) for kind, count in sorted(Counter(each.kind for each in spans).items())}
    return Checked("personal_data", level_of(score), score, cues, _ADVICE if cues else Advice(), facts)
