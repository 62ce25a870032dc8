"""Every code that the program can write into the log, read off the calls that write them.

An argument is a constant, a name of its module, a name set in its function, or a parameter: then
the callers' arguments are what is asked.
"""

import ast
import importlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import workstation

__all__ = ["written_kinds", "written_members", "written_reasons", "written_steps"]

ROOM = Path(workstation.__file__).parent
_MOVES = {"Advance": 1, "Warn": 0, "Record": 0, "_ending": 1}
_DEEPEST = 4
_CONSOLE = ".ctl."
"""What a command prints is no entry."""


@dataclass(frozen=True)
class Place:
    """An expression, the function that it stands in, and the module."""

    node: ast.expr
    function: ast.FunctionDef | None
    module: str


@cache
def trees():
    found = {}
    for path in sorted(ROOM.rglob("*.py")):
        name = ".".join(("workstation", *path.relative_to(ROOM).with_suffix("").parts))
        if "__main__" not in name and ".sandbox." not in name:
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def calls() -> tuple[tuple[ast.Call, ast.FunctionDef | None, str], ...]:
    return tuple(each for module, tree in trees().items() for each in _walk(tree, None, module))


@cache
def calls_of(name: str):
    return tuple(each for each in calls() if called(each[0]) == name)


def _walk(node, function, module):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, function, module
        inner = child if isinstance(child, ast.FunctionDef) else function
        yield from _walk(child, inner, module)


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def values(place: Place, depth: int = 0) -> set[str]:
    """Return what an expression may be."""
    node = place.node
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return values(Place(node.body, place.function, place.module), depth) | values(
            Place(node.orelse, place.function, place.module), depth
        )
    if isinstance(node, ast.BoolOp):
        return set().union(
            *(values(Place(each, place.function, place.module), depth) for each in node.values)
        )
    known = _evaluate(node, place.module)
    if known is not None:
        return known
    if isinstance(node, ast.Name) and place.function is not None and depth < _DEEPEST:
        return _assigned(node.id, place, depth) or _passed(node.id, place, depth)
    return set()


def _evaluate(node: ast.expr, module: str) -> set[str] | None:
    names = vars(importlib.import_module(module))
    try:
        value = eval(compile(ast.Expression(node), module, "eval"), dict(names))
    except Exception:  # noqa: BLE001 - an expression of run time
        return None
    return {str(value)} if isinstance(value, str | StrEnum) else None


def _assigned(name: str, place: Place, depth: int) -> set[str]:
    found = set()
    for node in ast.walk(place.function):
        for target, value in _targets(node):
            if isinstance(target, ast.Name) and target.id == name:
                found |= values(Place(value, place.function, place.module), depth + 1)
    return found


def _targets(node):
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=True)
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.IfExp):
                for side in (node.value.body, node.value.orelse):
                    if isinstance(side, ast.Tuple):
                        yield from zip(target.elts, side.elts, strict=True)
            else:
                yield target, node.value


def _passed(name: str, place: Place, depth: int) -> set[str]:
    """Return what callers pass for a parameter."""
    arguments = [each.arg for each in place.function.args.args]
    keywords = [each.arg for each in place.function.args.kwonlyargs]
    if name not in arguments + keywords:
        return set()
    index = arguments.index(name) - (arguments[:1] == ["self"]) if name in arguments else -1
    found = set()
    own = place.function.name.startswith("_")
    for call, function, module in calls_of(place.function.name):
        if own and module != place.module:
            continue
        given = [each.value for each in call.keywords if each.arg == name]
        if 0 <= index < len(call.args):
            given.append(call.args[index])
        for each in given:
            found |= values(Place(each, function, module), depth + 1)
    return found


def written_kinds() -> set[str]:
    """The kinds of entries."""
    found = set()
    for call, function, module in calls():
        name = called(call)
        if name == "append" and len(call.args) >= 2:
            found |= values(Place(call.args[0], function, module))
        elif name in {"_write", "record_act"} and len(call.args) >= 3:
            found |= values(Place(call.args[1], function, module))
    return {each for each in found if each and not each.startswith("/")}


def written_steps() -> set[str]:
    """The steps of a session."""
    found = set()
    for call, function, module in calls():
        at = _MOVES.get(called(call))
        if at is not None and len(call.args) > at:
            found |= values(Place(call.args[at], function, module))
    return found


def written_members(member: str) -> set[str]:
    """What a member of this name says, where an entry's facts are written as a dict."""
    found = set()
    for module, tree in trees().items():
        if _CONSOLE in module:
            continue
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Dict):
                    for key, value in zip(node.keys, node.values, strict=True):
                        if isinstance(key, ast.Constant) and key.value == member:
                            found |= values(Place(value, function, module))
    return found


@cache
def written_reasons() -> set[str]:
    """The reasons of steps, warnings, acts, and of presences that ended."""
    found = written_members("reason") | written_members("refused") | written_members("why")
    for call, function, module in calls():
        name = called(call)
        if name == "Warn" and len(call.args) > 1:
            found |= values(Place(call.args[1], function, module))
        elif name in {"sign_out", "_sign_out"}:
            given = [*call.args, *(each.value for each in call.keywords)]
            for each in given:
                found |= values(Place(each, function, module))
    return {each for each in found if each}
