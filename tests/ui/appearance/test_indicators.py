"""What can be ticked is seen in every theme, ticked or not."""

import pytest
from PySide6.QtWidgets import QCheckBox, QRadioButton

from tests.support.system.event_loop import settle
from ui.theme.theme import apply_theme, load_theme


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_an_indicator_has_the_edge_of_a_field_and_is_filled_when_ticked(qtbot, qapp, name, kind):
    theme = load_theme(name)
    apply_theme(qapp, theme)
    choice = kind()
    qtbot.addWidget(choice)
    choice.show()
    settle(qtbot)

    def colours():
        seen = choice.grab().toImage()
        return {seen.pixelColor(x, y).name() for x in range(18) for y in range(seen.height())}

    assert theme.colour("edge").name() in colours()
    choice.setChecked(True)
    assert theme.colour("primary").name() in colours()
