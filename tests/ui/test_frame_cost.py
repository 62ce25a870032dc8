"""What every camera frame pays for in the GUI thread: nothing that has not changed."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QFont

from tests.support.desktop.snapshots import preview_image, session
from tests.support.system.event_loop import settle
from ui.camera_colours import operator_colours
from ui.screens.liveness import LivenessScreen
from ui.widgets.camera_view import CameraView
from ui.widgets.plate import Plate
from vision.results import LivenessCommand, Prompt, PromptPhase
from workstation.session.states import State

WHITE = QColor(255, 255, 255)


class Counted(QObject):
    """Counts the events of some kinds that a widget gets."""

    def __init__(self, widget, *kinds):
        super().__init__()
        self.kinds = kinds
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt's name
        self.count += event.type() in self.kinds
        return False


def test_words_over_the_picture_are_drawn_once_and_again_only_when_they_change(qapp):
    plate = Plate(height=38, margin=36, text_height=16, alpha=225)
    first = plate.pixmap("Turn left", QFont(), WHITE, 1.0)

    assert plate.pixmap("Turn left", QFont(), WHITE, 1.0).cacheKey() == first.cacheKey()
    longer = plate.pixmap("Turn your head left", QFont(), WHITE, 1.0)
    assert longer.width() > first.width()
    assert longer.height() == first.height()


def test_a_screen_of_double_density_gets_a_plate_of_double_size(qapp):
    plate = Plate(height=38, margin=36, text_height=16, alpha=225)
    single, double = (plate.pixmap("Turn left", QFont(), WHITE, ratio) for ratio in (1.0, 2.0))

    assert double.height() == 2 * single.height()
    assert double.deviceIndependentSize() == single.deviceIndependentSize()


def test_the_banner_of_a_running_attempt_stays_while_frames_come(qtbot, ctx):
    screen = LivenessScreen(ctx)
    qtbot.addWidget(screen)
    running = session(State.LIVENESS, attempt_running=True)
    screen.show_session(running)
    screen.show()
    hidden = Counted(screen.banner, QEvent.Type.Hide, QEvent.Type.Show)
    for _ in range(3):
        screen.show_session(running)

    assert screen.banner.isVisible()
    assert hidden.count == 0


def test_seconds_that_run_do_not_paint_the_camera_again_but_progress_does(qtbot, ctx):
    view = CameraView(operator_colours(ctx.theme))
    qtbot.addWidget(view)
    view.show_image(preview_image())
    view.show()

    settle(qtbot)
    painted = Counted(view, QEvent.Type.Paint)

    def told(progress, remaining_ms):
        before = painted.count
        asked = Prompt(PromptPhase.COMMAND, LivenessCommand.TURN_LEFT, 1, 3, progress, remaining_ms)
        view.show_words(asked, "Turn left", "", "")
        settle(qtbot)
        return painted.count - before

    told(0.2, 3000)
    assert told(0.2, 2900) == 0
    assert told(0.4, 2900) == 1
