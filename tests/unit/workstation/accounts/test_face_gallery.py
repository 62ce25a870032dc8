import sqlite3
import struct
import time
from contextlib import ExitStack, closing

import numpy as np
import pytest

from tests.support.vision.templates import face, near
from workstation.accounts.face_gallery import FaceGallery, GalleryOrigin, _OpenedFaces
from workstation.accounts.template_sealer import TemplateSealer

SECRET, MODEL = b"k" * 32, "ab" * 32
ONE, TWO, THREE = "920314400005", "880722300007", "651102300001"
T0, DAY = 1_790_000_000_000, 86_400_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "faces.sqlite"


@pytest.fixture
def reopened():
    """Open galleries and close them after the test."""
    with ExitStack() as opened:

        def reopen(path, secret=SECRET, model=MODEL):
            gallery = FaceGallery(path, secret, model)
            opened.callback(gallery.close)
            return gallery

        yield reopen


@pytest.fixture
def gallery(path, reopened):
    return reopened(path)


def execute(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def rows(path):
    return execute(path, "SELECT count(*) FROM face")[0][0]


def test_a_face_is_found_under_another_iin_and_never_under_its_own(gallery):
    gallery.remember(ONE, face("a"), T0, DAY)

    assert gallery.nearest_other(ONE, face("a"), T0) is None
    assert gallery.nearest_other(TWO, near(face("a")), T0) < 1_000
    assert gallery.nearest_other(TWO, face("b"), T0) > 500_000


def test_the_nearest_of_several_is_measured(gallery):
    for iin, seed in ((ONE, "a"), (TWO, "b"), (THREE, "c")):
        gallery.remember(iin, face(seed), T0, DAY)

    assert gallery.nearest_other("790918400009", near(face("b")), T0) < 1_000
    assert gallery.nearest_other(TWO, near(face("b")), T0) > 500_000


def test_what_was_remembered_outlives_a_restart(gallery, path, reopened):
    gallery.remember(ONE, face("a"), T0, DAY)
    gallery.close()
    again = reopened(path)

    assert again.origin is GalleryOrigin.FOUND
    assert again.nearest_other(TWO, face("a"), T0) == 0
    assert again.unreadable == 0


def test_a_second_visit_replaces_the_first(gallery, path):
    gallery.remember(ONE, face("a"), T0, DAY)
    gallery.remember(ONE, face("b"), T0 + 1, DAY)

    assert rows(path) == 1
    assert gallery.nearest_other(TWO, face("a"), T0 + 1) > 500_000


def test_an_expired_face_is_not_found_and_is_deleted(gallery, path):
    gallery.remember(ONE, face("a"), T0, DAY)

    assert gallery.nearest_other(TWO, face("a"), T0 + DAY - 1) == 0
    assert gallery.nearest_other(TWO, face("a"), T0 + DAY) is None
    assert rows(path) == 0


def test_the_file_holds_neither_an_iin_nor_a_template_in_clear(gallery, path):
    gallery.remember(ONE, face("a"), T0, DAY)
    stored = path.read_bytes()

    assert ONE.encode() not in stored
    sealer = TemplateSealer(SECRET, "face-gallery/v1", MODEL)
    assert sealer.digest_iin(ONE) in stored
    assert struct.pack("<4f", *face("a")[:4]) not in stored


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE face SET expires_ms = expires_ms + 1",
        "UPDATE face SET subject = zeroblob(32)",
        "UPDATE face SET sealed = substr(sealed, 1, 40)",
        "UPDATE face SET sealed = zeroblob(length(sealed))",
        "UPDATE face SET sealed = x''",
        "UPDATE face SET sealed = 'text', expires_ms = 'later'",
    ],
)
def test_a_changed_row_is_dropped_and_counted(gallery, path, reopened, spoil):
    gallery.remember(ONE, face("a"), T0, DAY)
    gallery.close()
    execute(path, spoil)
    again = reopened(path)

    assert again.nearest_other(TWO, face("a"), T0) is None
    assert (again.unreadable, rows(path)) == (1, 0)


def test_another_stations_key_opens_nothing_and_says_so(gallery, path, reopened):
    gallery.remember(ONE, face("a"), T0, DAY)
    gallery.close()
    again = reopened(path, secret=b"x" * 32)

    assert again.nearest_other(TWO, face("a"), T0) is None
    assert again.unreadable == 1


def test_templates_of_another_model_are_left_alone(gallery, path, reopened):
    gallery.remember(ONE, face("a"), T0, DAY)
    gallery.close()
    again = reopened(path, model="cd" * 32)

    assert again.nearest_other(TWO, face("a", 64), T0) is None
    assert (again.unreadable, rows(path)) == (0, 1)


def test_what_is_no_gallery_is_replaced_and_said(path, reopened):
    path.write_bytes(b"not a database" * 100)
    gallery = reopened(path)

    assert gallery.origin is GalleryOrigin.REPLACED
    gallery.remember(ONE, face("a"), T0, DAY)
    assert gallery.nearest_other(TWO, face("a"), T0) == 0


def test_a_missing_file_is_made_and_said(gallery):
    assert gallery.origin is GalleryOrigin.CREATED


def test_a_file_that_cannot_be_opened_is_our_error_and_stays(tmp_path, reopened):
    with pytest.raises(sqlite3.OperationalError):
        reopened(tmp_path)


def test_the_ones_that_expire_first_make_room(gallery, path, monkeypatch):
    monkeypatch.setattr("workstation.accounts.face_gallery._MOST_ROWS", 2)
    for place, iin in enumerate((ONE, TWO, THREE)):
        gallery.remember(iin, face(iin), T0 + place, DAY)

    assert rows(path) == 2
    assert gallery.nearest_other("790918400009", face(ONE), T0 + 5) > 500_000
    assert gallery.nearest_other("790918400009", face(TWO), T0 + 5) == 0


def test_fifty_thousand_faces_are_searched_in_50_ms(gallery):
    many = np.random.default_rng(1).normal(size=(50_000, 128)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    gallery._faces = _OpenedFaces(
        [(bytes([i >> 16, i >> 8 & 255, i & 255]), row, T0 + DAY) for i, row in enumerate(many)]
    )
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        gallery.nearest_other(ONE, face("a"), T0)
        taken.append(time.perf_counter() - began)

    assert min(taken) < 0.05
