import pytest

from anxin.checkers.ads import check
from anxin.checkers.ads.check import Found, check_advertisement, longest, shipped_terms

INNOCENT = [
    "活动最后一天(时间)", "最近很忙", "第一步打开盒盖", "第一时间发货", "首次登录有礼", "顶级域名注册", "最大承重10kg",
    "最低消费说明", "第一人民医院旁边",
]  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_no_hit(text):
    assert check_advertisement(text).cues == ()


@pytest.mark.parametrize(
    ("text", "codes", "level"),
    [
        ("国家级品质", ["named_by_law"], "high_risk"),
        ("全网第一的保温杯", ["absolute"], "suspicious"),
        ("本款最大号,本店最大尺码", ["absolute"] * 2, "no_known_risk"),
        ("我们追求最好的服务", ["absolute"], "no_known_risk"),
        ("包治百病无副作用", ["medical", "medical"], "high_risk"),
        ("稳赚不赔保本理财", ["financial", "financial"], "high_risk"),
        ("全网最低价", ["price"], "suspicious"),
        ("纯棉短袖,透气吸汗", [], "no_known_risk"),
        ("", [], "no_known_risk"),
    ],
)
def test_terms_by_article(text, codes, level):
    checked = check_advertisement(text)
    assert ([cue.code for cue in checked.cues], checked.level) == ([f"ads.{code}" for code in codes], level)


def test_a_finding_names_article_context_and_suggestion():
    checked = check_advertisement("数据来源:行业协会,截至2025年销量第一")
    assert checked.facts == {"articles": "广告法第九条第三项", "exemptions": "sourced"}
    assert len(checked.advice.say) == 1


def test_a_split_term_is_found_at_its_place():
    text = "真正的国*家*级"
    cue = check_advertisement(text).cues[0]
    assert text[cue.start : cue.end] == "国*家*级"


def test_every_group_has_article_and_suggestion():
    groups = shipped_terms().file.groups.values()
    assert all(group.article and group.suggestion.zh and group.suggestion.en for group in groups)


def test_the_work_on_exemptions_grows_with_the_text_and_not_faster(monkeypatch):
    measured = []
    between = check.gap

    def counted(one, other):
        measured.append(one)
        return between(one, other)

    monkeypatch.setattr(check, "gap", counted)
    check_advertisement("全网第一数据来源" * 2000)
    assert 0 < len(measured) <= 40 * 2000


def test_a_term_inside_an_innocent_word_or_a_longer_term_does_not_count_twice():
    terms = [Found("groups", "absolute", 2, 4), Found("groups", "price", 0, 5), Found("groups", "absolute", 7, 9)]
    assert longest(terms, [Found("innocent", "", 6, 9)]) == [terms[1]]
