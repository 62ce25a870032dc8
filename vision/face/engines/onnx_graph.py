"""Drops from an ONNX file the inputs that nobody has to give, so that OpenCV reads it.

Up to version 3 of the format every weight had to be named as an input as well (ONNX IR.md,
"Graphs"). SFace's quantised file still does so, also for weights that quantising has replaced, and
OpenCV 5 takes each for an input to be given.
"""

from collections.abc import Iterator

__all__ = ["drop_idle_inputs"]

_GRAPH = 7  # ModelProto.graph
_NODE, _INITIALIZER, _INPUT = 1, 5, 11  # of GraphProto
_NODE_INPUT = 1  # NodeProto.input, repeated
_TENSOR_NAME, _VALUE_NAME = 8, 1  # TensorProto.name, ValueInfoProto.name
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_SEVEN_BITS, _CONTINUED = 0x7F, 0x80
_LONGEST_VARINT = 10


def drop_idle_inputs(model: bytes) -> bytes:
    """Return a verified model whose inputs are those that a node reads and the file does not give.

    Raises ValueError for octets that are no protocol buffer.
    """
    octets = memoryview(model)  # parts of it are no copies of 40 MB
    parts: list[bytes | memoryview] = []
    for number, start, content, end in _fields(octets):
        if number == _GRAPH:
            graph = _without_idle_inputs(octets[content:end])
            parts += [_key(_GRAPH), _varint(len(graph)), graph]
        else:
            parts.append(octets[start:end])
    return b"".join(parts)


def _without_idle_inputs(graph: memoryview) -> bytes:
    fields = list(_fields(graph))
    weights: set[bytes] = set()
    read: set[bytes] = set()
    for number, _, content, end in fields:
        if number == _INITIALIZER:
            weights.update(_texts(graph[content:end], _TENSOR_NAME))
        elif number == _NODE:
            read.update(_texts(graph[content:end], _NODE_INPUT))
    wanted = read - weights
    return b"".join(
        graph[start:end]
        for number, start, content, end in fields
        if number != _INPUT or not wanted.isdisjoint(_texts(graph[content:end], _VALUE_NAME))
    )


def _texts(message: memoryview, field: int) -> Iterator[bytes]:
    for number, _, content, end in _fields(message):
        if number == field:
            yield bytes(message[content:end])


def _fields(message: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield the number of each field, where it starts, where its content starts, and its end."""
    position = 0
    while position < len(message):
        start = position
        key, position = _read_varint(message, position)
        content, end = position, position
        match key & 7:
            case kind if kind == _VARINT:
                _, end = _read_varint(message, position)
            case kind if kind == _LENGTH:
                length, content = _read_varint(message, position)
                end = content + length
            case kind if kind in (_FIXED64, _FIXED32):
                end = position + (8 if kind == _FIXED64 else 4)
            case _:
                raise ValueError("no ONNX")
        if end > len(message):
            raise ValueError("no ONNX")
        yield key >> 3, start, content, end
        position = end


def _read_varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for index, octet in enumerate(message[position : position + _LONGEST_VARINT]):
        value |= (octet & _SEVEN_BITS) << (7 * index)
        if not octet & _CONTINUED:
            return value, position + index + 1
    raise ValueError("no ONNX")


def _key(number: int) -> bytes:
    return _varint(number << 3 | _LENGTH)


def _varint(value: int) -> bytes:
    octets = bytearray()
    while value > _SEVEN_BITS:
        octets.append(value & _SEVEN_BITS | _CONTINUED)
        value >>= 7
    octets.append(value)
    return bytes(octets)
