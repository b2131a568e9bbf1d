from __future__ import annotations

import pytest
from django.utils.safestring import SafeString

from anxin.desk.foundation.ui.icons import draw_icon, icon_shapes

CLOCK = '<circle cx="12" cy="12" r="10" /><path d="M12 6v6l4 2" />'


def test_an_icon_is_its_shapes_in_the_size_asked_for() -> None:
    assert icon_shapes("clock") == CLOCK
    attributes = 'width="14" height="14" viewBox="0 0 24 24" class="icon" aria-hidden="true" focusable="false"'
    assert draw_icon("clock", 14) == f"<svg {attributes}>{CLOCK}</svg>"
    assert isinstance(draw_icon("clock", 14), SafeString)


def test_an_icon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_icon("no-such-icon", 16)
