"""Widgets on their own: camera picture, photos, icons, words for numbers, the watchdog."""

import logging
import time

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from tests.support.desktop.snapshots import NOW_MS, jpeg, preview_image
from ui.camera_colours import operator_colours
from ui.process.watchdog import Watchdog
from ui.theme.theme import THEMES, load_theme
from ui.widgets.camera_view import CameraView, picture_of
from ui.widgets.labels import printable
from ui.widgets.photo import Photo, decode_photo
from ui.wording import date_time_text, duration_text, number_text, ratio_text
from vision.results import LivenessCommand, Prompt, PromptPhase
from workstation.documents.texts import Texts
from workstation.station.snapshot import PreviewImage


@pytest.fixture
def view(qtbot, ctx):
    made = CameraView(operator_colours(ctx.theme))
    qtbot.addWidget(made)
    made.resize(640, 480)
    return made


def prompt(command, progress=0.5):
    return Prompt(PromptPhase.COMMAND, command, 1, 3, progress, 3000)


def test_the_picture_borrows_the_previews_bytes():
    image = picture_of(PreviewImage(1, 2, 1, bytes([1, 2, 3, 255, 4, 5, 6, 255]), 30.0))

    assert (image.pixelColor(0, 0), image.pixelColor(1, 0)) == (QColor(3, 2, 1), QColor(6, 5, 4))


@pytest.mark.parametrize(
    ("width", "height", "size"), [(2, 2, 15), (0, 2, 0), (-1, -4, 16), (2, 2, 17)]
)
def test_bytes_of_another_size_are_no_picture(width, height, size):
    assert picture_of(PreviewImage(1, width, height, bytes(size), 30.0)).isNull()


def test_the_oval_is_four_fifths_of_the_picture_and_inside_it(view):
    view.show_image(preview_image())

    assert round(view.oval_rect().height()) == round(0.8 * view.picture_rect().height())
    assert view.picture_rect().contains(view.oval_rect())


def test_the_whole_picture_is_shown_in_any_window(view):
    view.show_image(preview_image())
    for width, height in ((640, 480), (1000, 300), (330, 900)):
        view.resize(width, height)
        shown = view.picture_rect()

        assert shown.width() <= width
        assert shown.height() <= height
        assert abs(shown.width() / shown.height() - 4 / 3) < 0.01


def bright_columns(view, command):
    view.show_image(PreviewImage(1, 640, 480, bytes([0, 0, 0, 255]) * 640 * 480, 30.0))
    view.show_words(prompt(command, 0.0), "", "", "")
    picture = view.grab().toImage()
    row = range(picture.width())
    return [x for x in row if picture.pixelColor(x, 240).lightness() > 240]


def test_the_arrow_points_to_the_customers_own_side_of_the_mirror(view):
    left = bright_columns(view, LivenessCommand.TURN_LEFT)
    right = bright_columns(view, LivenessCommand.TURN_RIGHT)

    assert max(left) < 320 < min(right)


@pytest.fixture
def document_view(qtbot, ctx):
    made = CameraView(operator_colours(ctx.theme), document=True)
    qtbot.addWidget(made)
    made.resize(640, 480)
    return made


def test_a_document_is_shown_as_it_is_read_and_not_as_a_mirror_shows_it(view, document_view):
    red, blue = bytes([0, 0, 255, 255]), bytes([255, 0, 0, 255])
    mirrored = PreviewImage(1, 640, 480, (red * 320 + blue * 320) * 480, 30.0)
    shown = []
    for each in (view, document_view):
        each.show_image(mirrored)
        picture = each.grab().toImage()
        left, right = picture.pixelColor(200, 240), picture.pixelColor(440, 240)
        shown.append((left.red() > left.blue(), right.red() > right.blue()))

    assert shown == [(True, False), (False, True)]


CORNERS = ((100_000, 200_000), (700_000, 200_000), (700_000, 800_000), (100_000, 800_000))


def test_a_found_document_is_framed_where_it_lies_in_the_cameras_image(document_view):
    black = PreviewImage(1, 640, 480, bytes([0, 0, 0, 255]) * 640 * 480, 30.0)
    document_view.show_image(black)
    document_view.show_outline(CORNERS)
    picture = document_view.grab().toImage()
    row = [picture.pixelColor(x, 240).green() > 150 for x in range(picture.width())]

    assert (row[64], row[448], any(row[80:430]), any(row[470:])) == (True, True, False, False)
    document_view.show_outline(())
    assert document_view.outline_points() == []


def test_the_words_are_spoken(view):
    view.show_words(prompt(LivenessCommand.OPEN_MOUTH), "Откройте рот", "", "нет")

    assert view.accessibleName() == "Откройте рот"


@pytest.mark.qt_log_ignore("JPEG")  # the codec names what it dislikes
@pytest.mark.parametrize("untrusted", [b"", b"GIF89a", b"\xff\xd8\xff", bytes(9_000_000)])
def test_bytes_that_are_no_photo_show_a_placeholder(qtbot, ctx, untrusted):
    photo = Photo(ctx, "match.probe_photo", QSize(100, 100))
    qtbot.addWidget(photo)
    photo.show_jpeg(untrusted)

    assert decode_photo(untrusted).isNull()
    assert not photo.picture.pixmap().isNull()


def test_a_photo_is_fitted_and_not_cropped(qtbot, ctx):
    photo = Photo(ctx, "match.probe_photo", QSize(100, 100))
    qtbot.addWidget(photo)
    photo.show_jpeg(jpeg())

    assert photo.picture.pixmap().deviceIndependentSize().toSize() == QSize(80, 100)


def test_an_icon_takes_the_colour_it_is_given(ctx):
    image = ctx.icons.pixmap("check", QColor("#12693A"), 24, 2.0).toImage()
    inked = [
        image.pixelColor(x, y)
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    ]

    assert image.size() == QSize(48, 48)
    assert {colour.name() for colour in inked} == {"#12693a"}


def test_control_and_direction_characters_become_visible():
    assert printable("a\u202eb\u0000c\nd\u200f") == "a\ufffdb\ufffdc\nd\ufffd"


def test_numbers_and_times_are_written_for_kazakhstan():
    assert number_text(418) == "000 418"
    assert number_text(1_234_567) == "1234 567"
    assert duration_text(108_999) == "01:48"
    assert duration_text(-5) == "00:00"
    assert date_time_text(NOW_MS) == "22.11.2025 13:20:00"
    assert ratio_text(Texts("ru"), 412_000) == "0,41"
    assert ratio_text(Texts("en"), 412_000) == "0.41"


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_fills_its_style_sheet(name):
    sheet = load_theme(name).stylesheet()

    assert "{" in sheet
    assert "{{" not in sheet
    assert len(sheet) < 7000


def test_a_stalled_gui_is_logged_without_anything_personal(qtbot, caplog):
    watchdog = Watchdog()
    watchdog._last = time.monotonic_ns() - 400_000_000

    with caplog.at_level(logging.WARNING):
        watchdog.beat()

    assert watchdog.stalls == 1
    assert 300 <= watchdog.worst_ms < 5000
    assert caplog.messages == [f"gui stalled: ms={watchdog.worst_ms}"]
