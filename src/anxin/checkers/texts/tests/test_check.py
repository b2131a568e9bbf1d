import msgspec
import pytest

from anxin.checkers.texts import matching
from anxin.checkers.texts.check import RED_LINES, Opinion, check_text, completed, instruments
from anxin.checkers.texts.talks import LONG, SHORT, Talk


def codes(checked):
    return {cue.code for cue in checked.cues}


@pytest.mark.parametrize(
    ("text", "leading", "level"),
    [
        ("我是市公安局警官,您涉嫌洗钱,请下载会议软件共享屏幕,把钱转到安全账户,不要告诉家人", "SC07", "high_risk"),
        ("您好,淘宝客服,您误开会员每月扣费,请按照我说的操作共享屏幕取消会员", "SC04", "high_risk"),
        ("今天天气真好,下班一起散步吧", "", "no_known_risk"),
        ("", "", "no_known_risk"),
    ],
)
def test_type_and_level(text, leading, level):
    checked = check_text(text)
    assert checked.level == level
    assert checked.facts.get("types", "").partition(":")[0] == leading


def test_grades_rise_with_independent_cues():
    texts = [
        "周末一起吃饭",
        "他说有安全账户",
        "民警说我涉嫌洗钱要转到安全账户",
        "我是民警,你涉嫌洗钱,马上下载会议软件,共享屏幕,钱转到安全账户,不要告诉家人,否则承担法律后果",
    ]
    assert [check_text(text).facts["grade"] for text in texts] == ["none", "suspected", "highly_likely", "confirmed"]


def test_cues_stand_at_their_places_in_the_original():
    text = "请把钱转到 安​全*账*户!"
    cue = next(cue for cue in check_text(text).cues if cue.code == "text.action.safe_account")
    assert text[cue.start : cue.end] == "安​全*账*户"


@pytest.mark.parametrize(
    "text",
    [
        "公安机关不会要求您转到安全账户",
        "谨防安全账户骗局",
        "官方客服绝不会索要验证码",
        "所谓安全账户都是诈骗",
        "警方提醒:接到自称民警要求转账到安全账户的电话,请勿轻信",
    ],
)
def test_warnings_are_no_scams(text):
    assert check_text(text).level == "no_known_risk"


def test_a_denial_in_another_clause_takes_nothing_back():
    assert check_text("不要告诉家人,把钱转到安全账户").level == "high_risk"


def test_self_harm_comes_before_all():
    checked = check_text("我被客服骗了共享屏幕,钱全转到安全账户了,我不想活了")
    assert checked.facts["priority"] == "self_harm"
    assert checked.facts["types"].startswith("self_harm")
    assert checked.advice.say[0].zh.startswith("我在")


def test_signals_of_a_customers_turn():
    checked = check_text("他让我共享屏幕,我正在转账,好怕,快点帮我,我要投诉")
    assert set(checked.facts["signals"].split()) == {"money_moving", "screen_shared", "distressed", "urgent", "angry"}


def test_every_warning_ends_with_the_red_lines():
    assert check_text("民警说我涉嫌洗钱").advice.never[-2:] == RED_LINES


@pytest.mark.parametrize(
    "text",
    [
        "啊" * 1_000_000,
        "a" * 1_000_000,
        "\u202e" * 5000,
        "\ud800\udfff",
        "ａ𝐛с安全\u0000账户\U0001f600" * 1000,
        "请" + "转" * 99_999,
    ],
    ids=["chinese", "latin", "override", "surrogates", "mixed", "near"],
)
def test_odd_texts_are_answered(text):
    checked = check_text(text)
    assert 0 <= checked.score <= 100
    assert all(0 <= cue.start <= cue.end <= len(text) for cue in checked.cues)


def test_a_long_text_tells_how_far_it_was_read():
    assert check_text("好" * 30_000).facts["characters"] == "20000"


@pytest.mark.parametrize(
    "text",
    [
        "老公,帮我买点菜回来",
        "哥,借我点钱吃饭,明天还你",
        "我是小李的同学,麻烦你转告他明天上课",
        "我在开会,一会儿给你回电话",
        "航班取消了,我今天回不去了",
        "恭喜你中奖了,请客",
        "我想死你了,什么时候回来",
        "尊敬的客户,您的账户存在欠费,请尽快缴费以免停机",
        "您有一笔退款50元已原路退回",
        "您的社保卡已制作完成,请携带身份证领取",
        "双十一满减,点击链接领取红包 t.cn/abc 退订回T",
    ],
)
def test_everyday_messages_raise_nothing(text):
    assert check_text(text).level == "no_known_risk"


@pytest.mark.parametrize("text", ["不要转账给", "转账给不要", "安全账户都是诈骗", "不要转账给都是诈骗"])
def test_the_work_on_denials_grows_with_the_text_and_not_faster(monkeypatch, text):
    looked_at = []
    is_same = matching.same_clause

    def counted(between):
        looked_at.append(between)
        return is_same(between)

    monkeypatch.setattr(matching, "same_clause", counted)
    instruments().matcher.find(text * 2000)
    assert len(looked_at) <= 40 * 2000


@pytest.mark.parametrize(
    ("margin", "talk", "score"),
    [(2.0, None, 40.0), (1.0, None, 35.0), (1.0, Talk(LONG, -5.0), 40.0), (1.0, Talk(SHORT, -5.0), 35.0)],
)
def test_half_a_scam_is_completed_by_a_sure_model_or_a_long_talk(margin, talk, score):
    weighed = instruments().scale.weigh(instruments().matcher.find("他说要转到安全账户"))
    half = [msgspec.structs.replace(weighed[0], score=35.0)]
    assert completed(half, [Opinion("scam_zh", margin, 0.0, leans=True)], talk)[0].score == score


def test_nothing_is_completed_that_no_pack_half_suspects():
    weighed = instruments().scale.weigh(instruments().matcher.find("他说要转到安全账户"))
    little = [msgspec.structs.replace(weighed[0], score=10.0)]
    assert completed(little, [Opinion("scam_zh", 5.0, 0.0, leans=True)], None) == little


def test_leaning_is_told_for_queues_and_the_scam_head_never_leans():
    assert check_text("低价出号,微信区实名可改,要的私聊我带价来").facts["leans"] == "group_ads_zh"
    assert "scam_zh" not in check_text("教你炒外汇,月入十万不是梦,跟上老师的步伐").facts.get("leans", "")
