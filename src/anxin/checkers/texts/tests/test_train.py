import msgspec
import pytest

from anxin.checkers.texts.errors import ModelRefused, TrainingRefused
from anxin.checkers.texts.model import FORMAT, MODEL_CHARACTERS, features, read_model
from anxin.checkers.texts.train import TextRow, TextTraining, best_f1, train_texts, unpacked

BAD = ["加群领返利第%d单", "转账到安全账户%d号", "中奖%d元点击领取", "刷单返佣%d元日结"]
ORDINARY = ["今天买了%d个苹果", "快递%d点到家门口", "明天%d点一起吃饭", "第%d节课改到周五"]


def rows(count=40):
    bad = [TextRow(BAD[each % 4] % each, is_bad=True) for each in range(count)]
    return bad + [TextRow(ORDINARY[each % 4] % each, is_bad=False) for each in range(count)]


@pytest.fixture(scope="module")
def trained():
    return train_texts(rows(), TextTraining("local", ("own",), ("own",), "2026-11-22", bits=12))


def test_a_model_tells_new_texts_of_the_same_kind(trained):
    model = unpacked(trained.model)
    assert (
        model.margin("刷单返佣999元日结", "刷单返佣999元日结") > 0 > model.margin("明天8点一起吃饭", "明天8点一起吃饭")
    )
    assert (trained.rows, trained.bad, trained.f1) == (80, 40, 1.0)


def test_the_same_rows_give_the_same_file(trained):
    again = train_texts(rows(), TextTraining("local", ("own",), ("own",), "2026-11-22", bits=12))
    assert again.document() == trained.document()


def test_near_duplicates_stay_on_one_side():
    copied = [msgspec.structs.replace(row, group=str(number % 3)) for number, row in enumerate(rows())]
    assert train_texts(copied, TextTraining("local", folds=3, bits=12)).rows == 80


@pytest.mark.parametrize("given", [[], rows(10), [row for row in rows() if row.is_bad]])
def test_too_few_rows_or_one_label_are_refused(given):
    with pytest.raises(TrainingRefused, match="too few labelled texts"):
        train_texts(given, TextTraining("local"))


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        ([], (0.0, 0.0)),
        ([(2.0, True), (1.0, False)], (1.0, 1.5)),
        ([(3.0, False), (2.0, True), (1.0, True), (0.0, False)], (0.8, 0.5)),
    ],
)
def test_the_border_of_the_best_f1(margins, expected):
    assert best_f1(margins) == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other/1"}, f"expected {FORMAT}"),
        ({"bits": 40}, "40 bits"),
        ({"bits": 13}, "not 8192"),
        ({"weights": "~~~\n"}, "cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_model_is_refused(trained, change, words):
    with pytest.raises(ModelRefused, match=words):
        read_model(msgspec.json.encode(msgspec.structs.replace(trained.model, **change)))


def test_a_document_that_is_no_json_is_refused():
    with pytest.raises(ModelRefused):
        read_model(b"no model")


def test_weights_of_a_cue_follow_the_borders(trained):
    file = msgspec.structs.replace(trained.model, suspicious_from=1.0, high_risk_from=2.0)
    assert [unpacked(file).weight_of(margin) for margin in (0.9, 1.0, 2.0)] == [0.0, 42.0, 70.0]


def test_features_read_no_further_than_the_limit():
    assert features("ab" * MODEL_CHARACTERS) == features("ab" * MODEL_CHARACTERS * 9)
