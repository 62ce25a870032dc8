"""Small ONNX files written octet by octet: networks with the inputs and outputs of real ones.

Field numbers are those of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto and
ValueInfoProto.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.models.manifest import PresentationAttack

__all__ = [
    "classifier",
    "descriptor_network",
    "minifasnet_network",
    "network_row",
    "write_network",
]

FLOAT, INTS = 1, 7
FORMAT, OPERATORS = 7, 11
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


def _node(kind: str, reads: Sequence[str], writes: str, **lists: Sequence[int]) -> bytes:
    parts = [_field(1, each) for each in reads] + [_field(2, writes), _field(4, kind)]
    for name, values in lists.items():
        numbers = b"".join(_field(8, value) for value in values)
        parts.append(_field(5, _field(1, name) + numbers + _field(20, INTS)))
    return b"".join(parts)


def _tensor(name: str, values: NDArray[np.generic]) -> bytes:
    dims = b"".join(_field(1, side) for side in values.shape)
    return dims + _field(2, FLOAT) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def _value(name: str, sides: Sequence[int]) -> bytes:
    shape = b"".join(_field(1, _field(1, side)) for side in sides)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, shape)))


def _model(
    nodes: Sequence[bytes],
    weights: Mapping[str, NDArray[np.generic]],
    given: Mapping[str, Sequence[int]],
    found: Mapping[str, Sequence[int]],
) -> bytes:
    parts = [_field(1, node) for node in nodes]
    parts += [_field(2, "network")]
    parts += [_field(5, _tensor(name, values)) for name, values in weights.items()]
    parts += [_field(11, _value(name, sides)) for name, sides in given.items()]
    parts += [_field(12, _value(name, sides)) for name, sides in found.items()]
    operators = _field(1, "") + _field(2, OPERATORS)
    return _field(1, FORMAT) + _field(8, operators) + _field(7, b"".join(parts))


def classifier(weights: Sequence[Sequence[float]], biases: Sequence[float]) -> bytes:
    """Return a network of a 1x3x32x32 image: per class a weighted sum of the channels' means."""
    nodes = [
        _node("GlobalAveragePool", ["image"], "means"),
        _node("Flatten", ["means"], "row"),
        _node("Gemm", ["row", "weights", "biases"], "classes"),
    ]
    values = {"weights": np.array(weights).T, "biases": np.array(biases)}
    return _model(nodes, values, {"image": [1, 3, SIDE, SIDE]}, {"classes": [1, len(biases)]})


def minifasnet_network(side: int) -> bytes:
    """Return a network like MiniFASNet: a square to three classes, each a channel's mean over 25.

    side  a multiple of 16; another one is refused by the last layer, as it is by MiniFASNet's
    """
    squares, block = (side // 16) ** 2, [16, 16]
    nodes = [
        _node("AveragePool", ["input"], "pooled", kernel_shape=block, strides=block),
        _node("Flatten", ["pooled"], "row"),
        _node("Gemm", ["row", "weight"], "output"),
    ]
    weight = np.kron(np.eye(3), np.full((squares, 1), 0.04 / squares))
    return _model(nodes, {"weight": weight}, {"input": [1, 3, side, side]}, {"output": [1, 3]})


def descriptor_network(seed: int, *, weights_as_inputs: bool = False) -> bytes:
    """Return a network like SFace in fp32: `data`, 1x3x112x112, to `fc1`, 1x128.

    weights_as_inputs  whether the weights are named as inputs as well, as version 3 of the format
                       and SFace's quantised file do
    """
    random, block = np.random.default_rng(seed), [28, 28]
    weights = {"weight": random.normal(size=(48, 128)), "bias": random.normal(size=128)}
    nodes = [
        _node("AveragePool", ["data"], "pooled", kernel_shape=block, strides=block),
        _node("Flatten", ["pooled"], "row"),
        _node("Gemm", ["row", "weight", "bias"], "fc1"),
    ]
    given: dict[str, Sequence[int]] = {"data": [1, 3, 112, 112]}
    if weights_as_inputs:
        given |= {name: values.shape for name, values in weights.items()}
    return _model(nodes, weights, given, {"fc1": [1, 128]})


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
