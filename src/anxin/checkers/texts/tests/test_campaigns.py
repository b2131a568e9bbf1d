from hypothesis import given
from hypothesis import strategies as st

from anxin.checkers.texts.campaigns import Campaigns, Signer

SEED_TEXT = "您的积分即将清零,请登录 www.one.com 兑换现金礼品,客服电话 4001"


def test_variants_of_one_campaign_are_counted_together():
    campaigns = Campaigns()
    first = campaigns.add(SEED_TEXT, at_ms=5)
    second = campaigns.add("您的积分即将清零,请登录 www.two.cn/a 兑换现金礼品!客服电话 95000", at_ms=3)
    other = campaigns.add("周末去爬山吗,我带水和面包,你带相机", at_ms=9)
    assert (first.count, second.count, second.name == first.name) == (1, 2, True)
    assert (second.first_ms, second.last_ms) == (3, 5)
    assert other.name != first.name
    assert campaigns.find(SEED_TEXT).count == 2


def test_short_texts_have_no_campaign():
    campaigns = Campaigns()
    assert (campaigns.add("好的", at_ms=1), campaigns.find(""), len(campaigns)) == (None, None, 0)


def test_the_longest_unseen_is_forgotten():
    campaigns = Campaigns(capacity=1)
    campaigns.add(SEED_TEXT, at_ms=1)
    campaigns.add("周末去爬山吗,我带水和面包,你带相机", at_ms=2)
    assert (len(campaigns), campaigns.find(SEED_TEXT)) == (1, None)


@given(st.text(min_size=20, max_size=60), st.integers(0, 3))
def test_a_seed_gives_the_same_signature(text, seed):
    assert Signer(seed).sign(text) == Signer(seed).sign(text)
