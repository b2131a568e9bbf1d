"""What is kept of a page is drawn once for each language and value."""

from __future__ import annotations

from dataclasses import dataclass

from django.template import Context, Template
from django.utils.translation import override

from anxin.desk.foundation.ui.keeping import MOST_KEPT

PAGE = '{% kept room other %}{% say "在" "in" %} {{ room }} {{ count.more }}{% endkept %}'


@dataclass
class Count:
    """Counts how often it was drawn."""

    drawn: int = 0

    def more(self) -> int:
        self.drawn += 1
        return self.drawn


def test_it_is_drawn_once_for_each_language_and_value() -> None:
    page, count = Template(PAGE), Count()
    asked = [("en", "queue"), ("en", "queue"), ("zh-hans", "queue"), ("en", "<b>"), ("zh-hans", "queue"), ("en", "<b>")]
    found = []
    for language, room in asked:
        with override(language):
            found.append(page.render(Context({"room": room, "count": count})))
    assert found == ["in queue 1", "in queue 1", "在 queue 2", "in &lt;b&gt; 3", "在 queue 2", "in &lt;b&gt; 3"]


def test_two_places_keep_what_is_theirs() -> None:
    page = Template("{% kept room %}one {{ room }}{% endkept %}, {% kept room %}two {{ room }}{% endkept %}")
    assert [page.render(Context({"room": "queue"})) for _ in range(2)] == ["one queue, two queue"] * 2


def test_no_more_is_kept_than_fits() -> None:
    page, count = Template(PAGE), Count()
    for room in range(MOST_KEPT + 1):
        page.render(Context({"room": room, "count": count}))
    page.render(Context({"room": MOST_KEPT, "count": count}))
    assert count.drawn == MOST_KEPT + 1
    page.render(Context({"room": 0, "count": count}))
    assert count.drawn == MOST_KEPT + 2
