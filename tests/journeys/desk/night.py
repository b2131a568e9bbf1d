"""A night in the shop, written as the gateway writes it and projected; once is enough.

Li signs in for months from Hangzhou, then somebody signs in from Guangzhou on a new device, talks her into sharing a
code, and pays with a card that two others use as well.
"""

from __future__ import annotations

PHONE, MAIL, IP = "13800138000", "li.lei@example.com", "203.0.113.77"
MINUTE, DAY = 60_000, 86_400_000
TEXT = "您好，我是官方客服，请把验证码发给我，并转账到安全账户，加我微信"


def main() -> None:
    from anxin.desk.decisioning.conftest import append, decided
    from anxin.desk.decisioning.decisions.keys import data_folder, key_ring, log_folder
    from anxin.desk.decisioning.decisions.tasks import project_logs
    from anxin.desk.foundation.edge.clock import now, to_ms

    at = now()
    if not log_folder("shop").exists():
        happenings = list(happened(to_ms(at)))
        append(data_folder(), "shop", decided(key_ring(), "shop", happenings))
    while project_logs(at):
        pass


def happened(now_ms: int):
    from anxin.desk.decisioning.conftest import event, order

    number = 0

    def seen(ago: int, event_type: str, user: str = "u_li", **fields: object):
        nonlocal number
        number += 1
        base = {"region": "330000", "terminal": "android", "occurred_at": now_ms - ago}
        return event(number, event_type, user, **{**base, **fields})

    home = {"device_id": "d_old_7f2c", "ip": "198.51.100.20", "ip_country": "CN", "ip_province": "330000"}
    home |= {"ip_city": "Hangzhou", "phone": PHONE, "email": MAIL}
    away = {"device_id": "d_new_91ab", "ip": IP, "ip_country": "CN", "ip_province": "440000", "ip_city": "深圳"}
    away |= {"region": "440000", "terminal": "ios", "phone": PHONE}
    for day in range(12, 1, -2):
        yield seen(day * DAY, "account.login", **home)
        yield seen(day * DAY - MINUTE, "order.created", order_id=f"o_{day:04}", seller_id="m_tea", amount=8_800, **home)
    for user in ("u_wang", "u_zhao"):
        for ago in range(5):
            yield seen(DAY - ago * MINUTE, "payment.attempted", user, pm_token="pm_6411", **away | {"phone": None})
    yield seen(95 * MINUTE, "message.sent", "u_wang", text=TEXT, to_id="u_li", link_domains=["safe-pay.example"])
    yield seen(80 * MINUTE, "account.login", new_device=True, new_city=True, **away)
    yield seen(78 * MINUTE, "account.contact_changed", field="phone", **away)
    for ago in range(70, 62, -1):
        yield seen(ago * MINUTE, "payment.attempted", pm_token="pm_6411", payee_id="p_88", new_payee=True, **away)
    yield seen(40 * MINUTE, "report.submitted", "u_zhou", target_id="u_wang", text="这个人冒充客服，让我转账")
    yield order(
        "hold.place", 1, entity_kind="user", entity_id="u_wang", verdict="freeze", measure="m_01", reason="冒充客服"
    )
