import pytest

from anxin.checkers.texts.replies import check_reply

OFFICIAL = frozenset({"shop.example"})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("保证全额赔付", ["over_promise"]),
        ("请提供一下您收到的验证码", ["asks_secret"]),
        ("我们不会要求您提供验证码", []),
        ("客户电话13800000000", ["personal_data"]),
        ("先转一笔测试转账", ["transfer"]),
        ("加我微信聊", ["off_platform"]),
        ("谁让你信,活该", ["forbidden"]),
        ("详见 https://refund.example.top/a", ["link"]),
        ("详见 https://help.shop.example/a", []),
        ("详见 https://shop.example.top/a", ["link"]),
        ("您的退款会原路退回,请在App查看", []),
        ("", []),
    ],
)
def test_findings(text, codes):
    checked = check_reply(text, official_domains=OFFICIAL)
    assert [cue.code for cue in checked.cues] == [f"reply.{code}" for code in codes]
    assert len(checked.advice.say) == len(codes)


def test_every_better_sentence_passes():
    say = check_reply("保证全额赔付,请把验证码发我,先转一笔,加我微信,谁让你信,放心转账,他就是骗子 a.top").advice.say
    assert len(say) == 8
    assert [check_reply(words.zh).cues for words in say] == [()] * 8
