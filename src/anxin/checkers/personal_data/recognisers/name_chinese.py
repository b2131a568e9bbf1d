"""Names of people in Chinese text, best effort: a family name, a cut that says name, and words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from anxin.checkers.personal_data.span import Span

KIND = "person"
EXAMPLES = ("姓名：张雁冰，男", "收货人李建国 13812345678", "患者王小明，43岁", "温迪·格伦是一位护士")
QUIET = ("高兴地说", "马上发货", "黄金首饰", "我们公司", "连衣裙")
FAMILY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦"
    "邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪"
    "梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全"
    "佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公"
)
COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
    "司徒",
    "夏侯",
    "端木",
    "南宫",
    "独孤",
    "长孙",
    "宇文",
    "轩辕",
)
_HAN = "[一-鿿]"
_BEFORE = re.compile(
    r"(?:姓名|收[货件]人|联系人|我叫|名叫|叫做|患者|病人|客户|户主|主治医[生师]|主任医师|医生|经理|记者|教授|博士|先生|女士|主席|总统|导演|[是由]|[:,。;!?()、 \n])$|^$"
)
_TITLE = re.compile(
    r"[ ]?(?:先生|女士|小姐|医[生师]|主任|经理|老师|同学|教授|博士|师傅|律师|院士|主席|总统|导演|[,(]\d{1,3}岁|[,(][男女]|是一[位名]|的(?:身份|信用|年收|诊断|治疗|指导|主治))"
)
_AFTER = re.compile(
    r"[,。;:!?()、 \n\"”》]|说|表示|认为|在|于|是|为|的|和|与|也|就|被|将|向|对|从|开具|诊断|负责|则|曾|还|指出|告诉|$"
)
_FOREIGN = re.compile(rf"{_HAN}{{1,6}}[·•]{_HAN}{{1,6}}(?:[·•]{_HAN}{{1,6}})?(?=是|的|,|。|医|在|为|被|说|$|[^一-鿿])")
_LEAST = 0.5
# What it says for a name when the cutter leaves a family name alone.
LONE = 0.2
# Words that the cutter calls names, or that begin like one, and are none.
_NO_NAME = frozenset(
    "华为 布洛芬 居留权 博士后 博士生 顾问 石家庄 项目 车间 商务部 索尼 阿根廷 安排 金桥 高兴 马上 黄金 方便 方面 方式 高级 高中 高校 经理 任职 任命 关于 关注 "
    "平台 平安 安全 和谐 周末 周一 周二 周三 周四 周五 周六 周日 全部 全国 成为 成立 成功 江苏 江西 安徽 时间 时候 向前 单位 万元 万科 毛利 白酒 黄河 金融 金额 "
    "明确 明天 明显 明年 国家 国内 国际 计划 计算 计算机 文化 文件 常务 常年 党委 党员 曾任 曾经 应用 应当 应该 强调 支持 支付 相关 相对 相信 都是 都有 连续 宣布 "
    "康复 解决 解释 解读 通过 通知 通信 通讯 谢谢 于是 查询 查看 那么 那个 那些 花园 花费 房地产 房产 房屋 银行 银行卡 路线 景区 林业 牛奶 顾客 包括 包装 包裹 项链"
    " 手机 胡同 雷达 冷静 温度 温暖 本来 权利 车辆 水平 边境 沙发 麦克风 库存 居住 丰富 幸福 英雄 英雄联盟 英国 武汉 海南 云南 黎明 青霉素 阿司匹林 立普妥".split()
)
_NO_GIVEN = frozenset("他她它其我你您的了在是为与及和或被把将从向对于这那个们有不也就都而以之所等并某该")
_NO_ENDING = (
    "先生",
    "女士",
    "小姐",
    "医生",
    "医师",
    "主任",
    "经理",
    "老师",
    "同学",
    "教授",
    "博士",
    "师傅",
    "律师",
    "院士",
    "公司",
    "集团",
    "大学",
    "银行",
    "市",
    "省",
    "县",
    "区",
    "镇",
    "村",
    "路",
    "部",
    "局",
)


def find(text: str) -> Iterator[Span]:
    """Yield names by cut and context, then every other place where a name that was found stands again."""
    if not any("一" <= each <= "鿿" for each in text):
        return
    found: dict[str, float] = {}
    until = 0
    for start, word, tag in _cut(text):
        if start < until:
            continue
        scored = [(_score(text, start, name, tag) + LONE * (len(word) == 1), name) for name in _candidates(text, start, word, tag)]
        score, name = max(scored, default=(0.0, ""))
        if score >= _LEAST:
            yield Span(start, start + len(name), KIND, score)
            found[name] = max(score, found.get(name, 0.0))
            until = start + len(name)
    for match in _FOREIGN.finditer(text):
        yield Span(match.start(), match.end(), KIND, 0.7)
    for name, score in found.items():
        if len(name) >= 3:
            yield from (Span(m.start(), m.end(), KIND, score) for m in re.finditer(re.escape(name), text))


def _cut(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each word's offset, the word and its tag."""
    at = 0
    for word, tag in _tagger()(text):
        yield at, word, tag
        at += len(word)


@cache
def _tagger():  # type: ignore[no-untyped-def]  # the cutter ships no types
    # Loads its dictionary of some 60 MB at the first cut: not at import.
    import rjieba

    return lambda text: rjieba.tag(text, True)


def _candidates(text: str, start: int, word: str, tag: str) -> list[str]:
    """Return what may be the name that begins with a word, the likeliest first."""
    family = 2 if text[start : start + 2] in COMPOUND else 1
    if family == 1 and text[start] not in FAMILY:
        return [word] if tag == "nr" and 2 <= len(word) <= 4 and word not in _NO_NAME else []
    lengths = [len(word)] if len(word) > family else []
    lengths += [family + 2, family + 1]
    names = (text[start : start + length] for length in dict.fromkeys(lengths))
    return [name for name in names if family < len(name) <= family + 2 and _may_be_name(name, family)]


def _may_be_name(name: str, family: int) -> bool:
    given = name[family:]
    if name in _NO_NAME or name[:2] in _NO_NAME or name.endswith(_NO_ENDING) or not _NO_GIVEN.isdisjoint(given):
        return False
    return all("一" <= each <= "鿿" for each in name)


def _score(text: str, start: int, name: str, tag: str) -> float:
    """Return how much speaks for a name: the cut, who is named before it, what follows."""
    end = start + len(name)
    titled = _TITLE.match(text, end) is not None
    named = _BEFORE.search(text[max(0, start - 6) : start]) is not None
    bounded = titled or _AFTER.match(text, end) is not None
    cut_says = tag == "nr"
    family = name[0] in FAMILY
    if not family:
        return 0.7 if cut_says and (titled or named) else 0.0
    score = 0.4 * cut_says + 0.25 * titled + 0.15 * named + 0.15 * bounded + 0.05
    return min(score, 0.95)
