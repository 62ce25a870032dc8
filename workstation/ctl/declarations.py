"""What Python sources declare: members and results, by the classes that annotations name."""

import ast
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Declarations", "Declared", "index_sources", "list_arguments", "read_annotation"]

_ITERABLES = frozenset(
    {"tuple", "list", "set", "frozenset", "Sequence", "Iterable", "Iterator", "Collection"}
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What an annotation says: a class by its bare name, or an iterable of one."""

    name: str
    iterable: bool = False


@dataclass(slots=True)
class Declarations:
    """What the sources declare, by bare name; the same name declared twice adds up."""

    members: dict[str, dict[str, set[Declared]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    fields: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    returned: dict[str, set[Declared]] = field(default_factory=lambda: defaultdict(set))
    made: list[tuple[set[Declared], str]] = field(default_factory=list)
    home: dict[str, str] = field(default_factory=dict)


def index_sources(trees: Mapping[str, ast.Module]) -> Declarations:
    """Return what the sources declare, by module name."""
    index = Declarations()
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                index.returned[node.name] |= read_annotation(node.returns)
            if isinstance(node, ast.ClassDef):
                _index_class(index, module, node)
    for types, name in index.made:
        types.update(index.returned[name])
    return index


def _index_class(index: Declarations, module: str, node: ast.ClassDef) -> None:
    members = index.members[node.name]
    index.home[node.name] = module
    index.returned[node.name].add(Declared(node.name))
    for base in node.bases:
        for name, types in index.members.get(getattr(base, "id", ""), {}).items():
            members[name] |= types
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            members[each.target.id] |= read_annotation(each.annotation)
            index.fields[node.name].append(each.target.id)
        if isinstance(each, ast.FunctionDef):
            members[each.name] |= read_annotation(each.returns)
            _index_attributes(index, members, each)


def _index_attributes(
    index: Declarations, members: dict[str, set[Declared]], method: ast.FunctionDef
) -> None:
    """Index what a method makes `self.name`: a parameter, a call, or what is annotated."""
    given = {each.arg: read_annotation(each.annotation) for each in list_arguments(method.args)}
    for each in ast.walk(method):
        if isinstance(each, ast.AnnAssign) and (name := _own_attribute(each.target)):
            members[name] |= read_annotation(each.annotation)
        if isinstance(each, ast.Assign):
            for name in filter(None, map(_own_attribute, each.targets)):
                if isinstance(each.value, ast.Name):
                    members[name] |= given.get(each.value.id, set())
                if isinstance(each.value, ast.Call) and isinstance(each.value.func, ast.Name):
                    # What functions return is known once every module was seen.
                    index.made.append((members[name], each.value.func.id))


def _own_attribute(target: ast.expr) -> str:
    """Return the name in `self.name`, empty for another target."""
    match target:
        case ast.Attribute(ast.Name("self"), name):
            return name
        case _:
            return ""


def list_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters that annotations may stand at."""
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def read_annotation(annotation: ast.expr | None) -> set[Declared]:
    """Return the classes that an annotation names, without None and type variables' bounds."""
    match annotation:
        case ast.Constant(str(text)):
            return read_annotation(ast.parse(text, mode="eval").body)
        case ast.Name(name):
            return {Declared(name)}
        case ast.Attribute(_, name):
            return {Declared(name)}
        case ast.BinOp(left, ast.BitOr(), right):
            return read_annotation(left) | read_annotation(right)
        case ast.Subscript(ast.Name(name), inner) if name in _ITERABLES:
            first = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
            return {Declared(each.name, iterable=True) for each in read_annotation(first)}
        case ast.Subscript(ast.Name("Annotated" | "Final" | "ClassVar"), inner):
            return read_annotation(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
        case _:
            return set()
