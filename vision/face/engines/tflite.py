"""Networks of TFLite files, run by OpenCV."""

import struct
from pathlib import Path
from typing import Final

import cv2

from vision.models.files import name_for_library

__all__ = ["read_tflite"]

# Places of members in the schema of TFLite: Model, SubGraph, Tensor.
_SUBGRAPHS: Final = 2
_TENSORS, _INPUTS = 0, 1
_SHAPE: Final = 0


def read_tflite(path: Path, side_px: int) -> cv2.dnn.Net:
    """Load a verified TFLite file whose input is a square of `side_px`.

    By its path: OpenCV 5.0.0 reads a buffer with its new engine whatever engine is asked for, and
    that one gives a single output a run. Raises cv2.error, or ValueError for another input: the
    classic engine clamps the shapes of a larger one and gives wrong numbers without a word.
    """
    with name_for_library(path) as name:
        net = cv2.dnn.readNetFromTFLite(name, cv2.dnn.ENGINE_CLASSIC)
    try:
        shape = _input_shape(path.read_bytes())
    except (struct.error, IndexError) as error:
        raise ValueError("no TFLite") from error
    if shape != (1, side_px, side_px, 3):
        raise ValueError(f"an input of {shape}")
    return net


def _input_shape(model: bytes) -> tuple[int, ...]:
    """Return the shape of the first input of a TFLite file, a FlatBuffer."""
    graph = _item(model, _member(model, _follow(model, 0), _SUBGRAPHS), 0)
    (number,) = struct.unpack_from("<i", model, _member(model, graph, _INPUTS) + 4)
    tensor = _item(model, _member(model, graph, _TENSORS), number)
    shape = _member(model, tensor, _SHAPE)
    (length,) = struct.unpack_from("<I", model, shape)
    return struct.unpack_from(f"<{length}i", model, shape + 4)


def _follow(model: bytes, at: int) -> int:
    """Return the place that the offset written there leads to."""
    (offset,) = struct.unpack_from("<I", model, at)
    return at + int(offset)


def _item(model: bytes, vector: int, number: int) -> int:
    return _follow(model, vector + 4 + 4 * number)


def _member(model: bytes, table: int, number: int) -> int:
    """Return the place of a table's vector; its own table of offsets says where that stands."""
    (back,) = struct.unpack_from("<i", model, table)
    (offset,) = struct.unpack_from("<H", model, table - back + 4 + 2 * number)
    return _follow(model, table + offset)
