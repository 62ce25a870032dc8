"""Which fields of the policy the program reads: a rule that no code reads binds nobody.

The sources of the installed packages are read, not run. What an expression is follows from the
annotations. A read counts where a session may go by it: not in the check of the file when it is
loaded, not in a method that nobody calls, and not in what shows the policy to people.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import crypto
import vision
import workstation

__all__ = ["SHAPES", "find_unread", "installed_sources"]

SHAPES = (
    "Policy",
    "OperationPolicy",
    "RequiredCheck",
    "SourceRule",
    "FaceRules",
    "Wait",
    "SecondConfirmation",
    "RegistryQuestion",
    "ClosedAnswer",
    "CountedFact",
    "Attestation",
    "AttestationQuestion",
    "PolicyCheck",
    "RetentionClass",
    "DocumentTemplates",
    "ReceiptTexts",
    "Template",
    "Condition",
    "LivenessSettings",
    "MatchSettings",
    "QualitySettings",
)
"""The classes that a policy is made of: its tables, and the settings that vision builds of some."""

_CHECKED = frozenset(
    {
        "workstation.rules.calendar.difference",
        "workstation.rules.documents_file",
        "workstation.rules.facts.possible",
        "workstation.rules.policy_file",
        "workstation.rules.policy_tables",
        "workstation.session.bands",
    }
)
"""Modules that judge or compare files, or cut bands by one: what they read is not yet applied."""

_APPLIED = frozenset({"require_in_force"})
"""What they judge about the day, which is asked again at every begin."""

_ITERABLES = frozenset(
    {"tuple", "list", "set", "frozenset", "Sequence", "Iterable", "Iterator", "Collection"}
)
_NEVER = frozenset({"__init__", "__post_init__"})


@dataclass(frozen=True, slots=True)
class _Type:
    """What an annotation says: a class by its bare name, or an iterable of one."""

    name: str
    iterable: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A function or method: its module, its class or "", its name."""

    module: str
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class _Use:
    """A field or method of a shape that is used, or with no shape a function, and where."""

    shape: str
    member: str
    place: _Place


@dataclass(slots=True)
class _Index:
    """What the sources declare, by bare name; the same name declared twice adds up."""

    members: dict[str, dict[str, set[_Type]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    fields: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    returned: dict[str, set[_Type]] = field(default_factory=lambda: defaultdict(set))
    made: list[tuple[set[_Type], str]] = field(default_factory=list)
    home: dict[str, str] = field(default_factory=dict)


def installed_sources() -> Mapping[str, str]:
    """Return the source of every module that a session runs on, by module name."""
    sources: dict[str, str] = {}
    for room in (crypto, vision, workstation):
        for root in map(Path, room.__path__):
            for path in sorted(root.rglob("*.py")):
                parts = (room.__name__, *path.relative_to(root).with_suffix("").parts)
                if parts[:2] != ("workstation", "ctl"):
                    sources[".".join(parts)] = path.read_text(encoding="utf-8")
    return sources


def find_unread(sources: Mapping[str, str], shapes: Iterable[str] = SHAPES) -> tuple[str, ...]:
    """Return `Class.field` for every field of the shapes that nothing reads, in their order."""
    trees = {module: ast.parse(text) for module, text in sources.items()}
    index = _index(trees)
    wanted = {shape: frozenset(index.members[shape]) for shape in shapes}
    homes = _CHECKED | {index.home[shape] for shape in wanted if shape in index.home}
    uses = set[_Use]()
    for module, tree in trees.items():
        imported = _imported(tree)
        for scope in _callables(tree):
            uses.update(_uses(index, wanted, module, scope, imported))
    live = _live(uses, homes, wanted)
    found = {(each.shape, each.member) for each in uses if each.place in live}
    return tuple(
        f"{shape}.{name}"
        for shape in wanted
        for name in index.fields[shape]
        if (shape, name) not in found
    )


def _uses(
    index: "_Index",
    wanted: Mapping[str, frozenset[str]],
    module: str,
    scope: "_Callable",
    imported: frozenset[str],
) -> Iterator[_Use]:
    """Yield what one callable uses: members by type, functions by the names that it imports."""
    place = _Place(module, scope.owner, scope.name)
    named = {each.id for each in ast.walk(scope.node) if isinstance(each, ast.Name)}
    for name in named & imported:
        yield _Use("", name, place)
    attributes = {each.attr for each in ast.walk(scope.node) if isinstance(each, ast.Attribute)}
    if any(not attributes.isdisjoint(members) for members in wanted.values()):
        reader = _Reader(index, wanted, scope)
        reader.visit_scope()
        for shape, member in reader.read:
            yield _Use(shape, member, place)


def _imported(tree: ast.Module) -> frozenset[str]:
    """Return the functions that a module has by name: imported ones, and its own."""
    names = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in each.names}
    return frozenset(names)


def _live(
    uses: set[_Use], homes: frozenset[str], wanted: Mapping[str, frozenset[str]]
) -> set[_Place]:
    """Return the places that a session reaches: all outside the homes, and what those call there.

    homes  modules that declare the shapes or check the file
    """
    places = {use.place for use in uses}
    live = {each for each in places if each.module not in homes}
    idle = {each for each in places - live if each.name not in _NEVER}
    idle = {each for each in idle if each.module not in _CHECKED or each.name in _APPLIED}
    grown = True
    while grown:
        called = {(use.shape, use.member) for use in uses if use.place in live}
        reached = {
            each
            for each in idle - live
            if ((each.owner if each.owner in wanted else ""), each.name) in called
        }
        live |= reached
        grown = bool(reached)
    return live


@dataclass(frozen=True, slots=True)
class _Callable:
    """A function or method, or a module's own statements; `owner` is its class."""

    name: str
    owner: str
    node: ast.AST


def _callables(tree: ast.Module) -> Iterator[_Callable]:
    """Yield every outermost callable, and what is left of the module."""
    left: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _Callable(statement.name, "", statement)
            case ast.ClassDef():
                for inner in statement.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield _Callable(inner.name, statement.name, inner)
            case _:
                left.append(statement)
    yield _Callable("", "", ast.Module(left, []))


def _index(trees: Mapping[str, ast.Module]) -> _Index:
    index = _Index()
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                index.returned[node.name] |= _annotated(node.returns)
            if isinstance(node, ast.ClassDef):
                _index_class(index, module, node)
    for types, name in index.made:
        types.update(index.returned[name])
    return index


def _index_class(index: _Index, module: str, node: ast.ClassDef) -> None:
    members = index.members[node.name]
    index.home[node.name] = module
    index.returned[node.name].add(_Type(node.name))
    for base in node.bases:
        for name, types in index.members.get(getattr(base, "id", ""), {}).items():
            members[name] |= types
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            members[each.target.id] |= _annotated(each.annotation)
            index.fields[node.name].append(each.target.id)
        if isinstance(each, ast.FunctionDef):
            members[each.name] |= _annotated(each.returns)
            _index_attributes(index, members, each)


def _index_attributes(
    index: _Index, members: dict[str, set[_Type]], method: ast.FunctionDef
) -> None:
    """Index what a method makes `self.name`: a parameter, a call, or what is annotated."""
    given = {each.arg: _annotated(each.annotation) for each in _arguments(method.args)}
    for each in ast.walk(method):
        if isinstance(each, ast.AnnAssign) and (name := _own_attribute(each.target)):
            members[name] |= _annotated(each.annotation)
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


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _annotated(annotation: ast.expr | None) -> set[_Type]:
    """Return the classes that an annotation names, without None and type variables' bounds."""
    match annotation:
        case ast.Constant(str(text)):
            return _annotated(ast.parse(text, mode="eval").body)
        case ast.Name(name):
            return {_Type(name)}
        case ast.Attribute(_, name):
            return {_Type(name)}
        case ast.BinOp(left, ast.BitOr(), right):
            return _annotated(left) | _annotated(right)
        case ast.Subscript(ast.Name(name), inner) if name in _ITERABLES:
            first = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
            return {_Type(each.name, iterable=True) for each in _annotated(first)}
        case ast.Subscript(ast.Name("Annotated" | "Final" | "ClassVar"), inner):
            return _annotated(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
        case _:
            return set()


class _Reader(ast.NodeVisitor):
    """Reads one callable: what its names are, and which fields it reads."""

    def __init__(
        self, index: _Index, wanted: Mapping[str, frozenset[str]], scope: _Callable
    ) -> None:
        self._index = index
        self._wanted = wanted
        self._scope = scope
        self._names: dict[str, set[_Type]] = defaultdict(set)
        self.read: set[tuple[str, str]] = set()

    def visit_scope(self) -> None:
        """Read twice: what a loop at the end binds may be read at its beginning."""
        for _ in range(2):
            for each in ast.iter_child_nodes(self._scope.node):
                self.visit(each)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Bind the parameters; the first of a method is of its class."""
        for each in _arguments(node):
            self._names[each.arg] |= _annotated(each.annotation)
        if self._scope.owner and node is getattr(self._scope.node, "args", None):
            for each in _arguments(node)[:1]:
                self._names[each.arg].add(_Type(self._scope.owner))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, self._type_of(node.value))
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for one, value in zip(target.elts, node.value.elts, strict=False):
                    self._bind(one, self._type_of(value))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._bind(node.target, self._type_of(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self._bind(node.target, _annotated(node.annotation))

    def visit_For(self, node: ast.For) -> None:
        self._bind_items(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._bind_items(node.target, node.iter)
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Bind a comprehension's variables before its element, which stands first in the tree."""
        for each in getattr(node, "generators", []):
            self._bind_items(each.target, each.iter)
        super().generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            for owner in self._type_of(node.value):
                if node.attr in self._wanted.get(owner.name, ()):
                    self.read.add((owner.name, node.attr))
        self.generic_visit(node)

    def _bind(self, target: ast.expr, types: set[_Type]) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] |= types

    def _bind_items(self, target: ast.expr, iterable: ast.expr) -> None:
        match target, iterable:
            case ast.Tuple(elts=[_, item]), ast.Call(ast.Name("enumerate"), [inner, *_]):
                self._bind_items(item, inner)
            case _:
                items = {_Type(each.name) for each in self._type_of(iterable) if each.iterable}
                self._bind(target, items)

    def _type_of(self, node: ast.expr) -> set[_Type]:
        """Return what an expression may be; nothing where the annotations do not say."""
        found: set[_Type] = set()
        match node:
            case ast.Name(name):
                found = self._names.get(name, set())
            case ast.Attribute(value, name) | ast.Call(ast.Attribute(value, name)):
                found = self._member_types(value, name)
            case ast.Call(ast.Name("next" | "min" | "max"), [inner, *_]) | ast.Subscript(inner, _):
                found = {_Type(each.name) for each in self._type_of(inner) if each.iterable}
            case ast.Call(ast.Name("replace"), [inner, *_]):
                found = self._type_of(inner)
            case ast.Call(ast.Name(name)):
                found = self._index.returned.get(name, set())
            case ast.GeneratorExp(elt=item) | ast.ListComp(elt=item):
                found = {_Type(each.name, iterable=True) for each in self._type_of(item)}
            case ast.IfExp(_, one, other):
                found = self._type_of(one) | self._type_of(other)
            case ast.BoolOp(values=values):
                found = {each for value in values for each in self._type_of(value)}
            case _:
                pass
        return found

    def _member_types(self, value: ast.expr, name: str) -> set[_Type]:
        owners = [each.name for each in self._type_of(value) if not each.iterable]
        return {
            found for owner in owners for found in self._index.members.get(owner, {}).get(name, ())
        }
