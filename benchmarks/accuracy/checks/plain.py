"""The plain baseline of the cards for texts: logistic regression on TF-IDF of character n-grams."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def plain_margins(learnt: Sequence[tuple[str, bool]], texts: Sequence[str]) -> list[float]:
    """Return the baseline's margin of each text."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    rows = vectors.fit_transform([text for text, _ in learnt])
    fitted = LogisticRegression(C=4.0, solver="liblinear").fit(rows, [is_bad for _, is_bad in learnt])
    return [float(each) for each in fitted.decision_function(vectors.transform(texts))]
