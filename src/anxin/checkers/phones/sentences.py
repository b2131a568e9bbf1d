"""What is said to people about numbers, in both languages."""

from __future__ import annotations

from anxin.checkers.result import Words

KINDS = {
    "virtual_mobile": Words("虚拟运营商号段，仅作参考", "a virtual operator's segment; context only"),
    "machine": Words("物联网或数据卡号段，不应拨打给个人", "a segment for machines, which should not call people"),
    "company_400": Words(
        "400 号码只用于接听，不应作为来电显示", "a 400 number receives calls and should not appear as caller"
    ),
    "free_800": Words(
        "800 号码只用于接听，不应作为来电显示", "an 800 number receives calls and should not appear as caller"
    ),
    "sms_port": Words(
        "短信端口号很多发送方共用，看签名和链接", "many senders share a message port; signature and link decide"
    ),
    "overseas": Words("境外号码", "a number from abroad"),
    "malformed": Words("不是有效的电话号码", "not a valid telephone number"),
}
SAY = {
    "high_risk": Words(
        "这个号码高度可疑，请立即挂断，不要回拨，不要转账。",
        "This number is highly suspect: hang up, do not call back, send no money.",
    ),
    "suspicious": Words(
        "这个号码可疑，请不要按对方的要求操作，先在官方 App 核实。",
        "This number is suspect: do nothing it asks; check in the official app first.",
    ),
    "no_known_risk": Words(
        "未发现已知风险，仍请在官方 App 核实。", "No known risk was found; still check in the official app."
    ),
}
CALL_BACK = Words(
    "来电显示可以伪造，请自行拨打官方号码核实。", "A displayed number can be forged: dial the official number yourself."
)
ASK = (
    Words("对方自称是谁，要您做什么？", "Who did the caller claim to be, and what did they ask for?"),
    Words("您是否已转账、共享屏幕或告诉过对方验证码？", "Did you send money, share your screen, or tell a code?"),
)
NEVER = (
    Words("不要告诉对方验证码或密码，不要共享屏幕。", "Never tell a code or password, never share the screen."),
    Words("不要向“安全账户”转账。", "Never send money to a “secure account”."),
)
