"""A list that folds out shows every row whole, high enough to be hit."""

import pytest

from tests.support.system.event_loop import settle
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.choice_list import ChoiceList


@pytest.mark.parametrize("rows", [2, 9])
def test_the_last_row_of_a_list_is_shown_whole(qtbot, qapp, rows):
    apply_theme(qapp, load_theme("light"))
    choice = ChoiceList()
    qtbot.addWidget(choice)
    choice.addItems([f"Операция {number}" for number in range(rows)])
    choice.show()
    choice.showPopup()
    settle(qtbot)
    view = choice.view()
    last = view.visualRect(view.model().index(rows - 1, 0))

    assert last.height() >= 28
    assert 0 < last.bottom() <= view.viewport().height()
    choice.hidePopup()
