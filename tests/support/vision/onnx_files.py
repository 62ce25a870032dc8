"""A small ONNX file written octet by octet: a classifier of the mean colour.

Field numbers are those of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto and
ValueInfoProto.
"""

import struct
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from vision.models.manifest import PresentationAttack

__all__ = ["classifier", "network_row", "write_network"]

FLOAT = 1
SIDE = 32


def _varint(number: int) -> bytes:
    octets = b""
    while number > 127:
        octets += bytes([number & 127 | 128])
        number >>= 7
    return octets + bytes([number])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    octets = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(octets)) + octets


def _node(kind: str, reads: Sequence[str], writes: str) -> bytes:
    return b"".join(_field(1, each) for each in reads) + _field(2, writes) + _field(4, kind)


def _tensor(name: str, sides: Sequence[int], values: Sequence[float]) -> bytes:
    dims = b"".join(_field(1, side) for side in sides)
    return (
        dims
        + _field(2, FLOAT)
        + _field(8, name)
        + _field(9, struct.pack(f"<{len(values)}f", *values))
    )


def _value(name: str, sides: Sequence[int]) -> bytes:
    shape = b"".join(_field(1, _field(1, side)) for side in sides)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, shape)))


def classifier(weights: Sequence[Sequence[float]], biases: Sequence[float]) -> bytes:
    """Return a network of a 1x3x32x32 image: per class a weighted sum of the channels' means."""
    classes = len(biases)
    across = [weights[each][channel] for channel in range(3) for each in range(classes)]
    graph = (
        _field(1, _node("GlobalAveragePool", ["image"], "means"))
        + _field(1, _node("Flatten", ["means"], "row"))
        + _field(1, _node("Gemm", ["row", "weights", "biases"], "classes"))
        + _field(2, "classifier")
        + _field(5, _tensor("weights", [3, classes], across))
        + _field(5, _tensor("biases", [classes], biases))
        + _field(11, _value("image", [1, 3, SIDE, SIDE]))
        + _field(12, _value("classes", [1, classes]))
    )
    return _field(1, 7) + _field(8, _field(1, "") + _field(2, 11)) + _field(7, graph)


def network_row(content: bytes = b"", **changes: Any) -> PresentationAttack:
    """Return the row of a network with these octets, whose class 0 is a living person."""
    given: dict[str, Any] = {
        "file": "network.onnx",
        "package": "written by the test",
        "module": "nowhere",
        "path": "network.onnx",
        "size": max(1, len(content)),
        "sha256": sha256(content).hexdigest(),
        "licence": "none",
        "training_data": "none",
        "calibrated": "2026-11-29",
        "engine": "softmax_classifier",
        "side_px": SIDE,
        "crop_ppm": 1_500_000,
        "channels": "BGR",
        "scale_ppm": 1_000_000,
        "live_class": 0,
        "live_ppm": 500_000,
        "frames": 7,
        "every": 10,
    }
    return PresentationAttack(**(given | changes))


def write_network(folder: Path, content: bytes, shipped: str) -> None:
    """Give a station a network: its file, and the shipped manifest with one row more."""
    row = network_row(content)
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "models" / row.file).write_bytes(content)
    lines = [f"{name} = {getattr(row, name)!r}".replace("'", '"') for name in row.__struct_fields__]
    table = "\n".join(["", "[presentation_attack]", *lines, ""])
    (folder / "models.toml").write_text(shipped + table, encoding="utf-8")
