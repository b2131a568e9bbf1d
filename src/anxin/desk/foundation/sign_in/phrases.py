"""What the way in says."""

from __future__ import annotations

from django.utils.functional import lazy

from anxin.desk.foundation.ui.words import Words, say

spoken_late = lazy(say, str)
"""Words that are said when they are shown, in the language of that request."""

WRONG = Words(
    "登录名或密码不正确。连续失败 10 次将锁定 30 分钟。",
    "Sign-in name or password is not right. After 10 failed tries it is locked for 30 minutes.",
)
LOCKED = Words(
    "尝试次数过多，已锁定 30 分钟。仍可使用通行密钥登录，或联系组织管理员。",
    "Too many tries: locked for 30 minutes. A passkey still works, or ask your administrator.",
)
PASSWORD_WRONG = Words("当前密码不正确。", "The current password is not right.")
CODE_WRONG = Words(
    "验证码不正确或已使用，请输入最新的验证码。", "The code is not right or was used already; type the newest one."
)
SLOW_DOWN = Words("操作过于频繁，请稍后再试。", "Too fast: wait a moment and try again.")
PASSWORD_CHOSEN = Words("新密码已生效，请登录。", "The new password works: sign in.")
LAST_FACTOR = Words(
    "您的角色要求两步验证，不能移除最后一种验证方式。",
    "Your roles ask for a second factor: the last one cannot be removed.",
)
NEEDS_LINK = Words(
    "您的验证方式已重设：请使用一次性链接登录。链接过期或丢失时，请联系组织管理员。",
    "Your factors were reset: sign in by the link you were given. Is it lost or too old? Ask your administrator.",
)
UNKNOWN_ADDRESS = Words(
    "单点登录成功，但没有与之对应的人员账户。请联系组织管理员。",
    "Your company signed you in, but no account here belongs to it. Ask your administrator.",
)
TOLD = {
    "totp_activated": Words("已启用验证器。", "The authenticator app is set up."),
    "totp_deactivated": Words("已移除验证器。", "The authenticator app was removed."),
    "webauthn_added": Words("已添加通行密钥。", "The passkey was added."),
    "webauthn_removed": Words("已移除通行密钥。", "The passkey was removed."),
    "recovery_codes_generated": Words("已生成恢复码，请妥善保存。", "Recovery codes were made: keep them safe."),
    "password_changed": Words("密码已修改。", "The password was changed."),
    "logged_out": Words("您已退出登录。", "You signed out."),
}
"""The library's messages, by the name of its file; those that are not here are not said."""

ENDED = {
    "elsewhere": Words(
        "您的账户刚在另一台设备登录，本处会话已结束。若不是您本人，请立即联系组织管理员。",
        "Your account was signed in elsewhere, which ended this session. Not you? Tell your administrator now.",
    ),
    "idle": Words("因长时间没有操作，会话已结束。", "The session ended because nothing happened for a while."),
    "expired": Words("会话已到最长时限，请重新登录。", "The session reached its longest time; sign in again."),
    "revoked": Words("会话已被终止。", "The session was ended by a colleague, or from your own list."),
    "password": Words(
        "密码已凭链接重新设置，请用新密码登录。若不是您本人，请立即联系组织管理员。",
        "The password was chosen anew by a link: sign in with the new one. Not you? Tell your administrator now.",
    ),
    "left": Words("该账户已停用。", "The account is closed."),
    "reset": Words(
        "您的验证方式已由同事重设，会话已结束。请使用收到的链接登录。若不是您提出的，请立即联系组织管理员。",
        "Colleagues reset your factors, which ended this session. Use the link you were given. Not you? Tell them now.",
    ),
    "clock": Words("会话时间异常，请重新登录。", "The session's time is not right; sign in again."),
}

LENGTH = Words(
    "至少 12 个字符；一句容易记住的话比复杂的符号更安全。",
    "At least 12 characters; a sentence you remember is safer than odd signs.",
)
NOT_THE_SAME = Words("两次输入的密码不一致。", "The two passwords are not the same.")
