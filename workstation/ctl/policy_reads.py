"""Which fields of the policy the program reads: a rule that no code reads binds nobody.

The sources of the installed packages are read, not run. What an expression is follows from the
annotations. A read counts where a session may go by it: not in the check of the file when it is
loaded, not in a method that nobody calls, and not in what shows the policy to people.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import crypto
import vision
import workstation
from workstation.ctl.declarations import (
    Declarations,
    Declared,
    index_sources,
    list_arguments,
    read_annotation,
)

__all__ = ["SHAPES", "find_unread", "installed_sources"]

SHAPES = (
    "Policy",
    "OperationPolicy",
    "OperationDefinition",
    "FieldDefinition",
    "Choice",
    "Words",
    "RequiredCheck",
    "Alternative",
    "PartyRule",
    "SignerRules",
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
        "workstation.rules.alternatives_file",
        "workstation.rules.calendar.difference",
        "workstation.rules.catalogue_file",
        "workstation.rules.documents_file",
        "workstation.rules.facts.conditions_file",
        "workstation.rules.facts.possible",
        "workstation.rules.people.party_file",
        "workstation.rules.policy_file",
        "workstation.rules.safeguards.operation",
        "workstation.rules.policy_tables",
        "workstation.rules.questions.build",
        "workstation.session.bands",
    }
)
"""Modules that judge or compare files, or cut bands by one: what they read is not yet applied."""

_SHOWN = {("OperationDefinition", "icon")}
"""What the screens show and no rule is."""

_APPLIED = frozenset({"require_in_force"})
"""What they judge about the day, which is asked again at every begin."""

_NEVER = frozenset({"__init__", "__post_init__"})


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
    index = index_sources(trees)
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
        if (shape, name) not in found | _SHOWN
    )


def _uses(
    index: Declarations,
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


class _Reader(ast.NodeVisitor):
    """Reads one callable: what its names are, and which fields it reads."""

    def __init__(
        self, index: Declarations, wanted: Mapping[str, frozenset[str]], scope: _Callable
    ) -> None:
        self._index = index
        self._wanted = wanted
        self._scope = scope
        self._names: dict[str, set[Declared]] = defaultdict(set)
        self.read: set[tuple[str, str]] = set()

    def visit_scope(self) -> None:
        """Read twice: what a loop at the end binds may be read at its beginning."""
        for _ in range(2):
            for each in ast.iter_child_nodes(self._scope.node):
                self.visit(each)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Bind the parameters; the first of a method is of its class."""
        for each in list_arguments(node):
            self._names[each.arg] |= read_annotation(each.annotation)
        if self._scope.owner and node is getattr(self._scope.node, "args", None):
            for each in list_arguments(node)[:1]:
                self._names[each.arg].add(Declared(self._scope.owner))
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
        self._bind(node.target, read_annotation(node.annotation))

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

    def _bind(self, target: ast.expr, types: set[Declared]) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] |= types

    def _bind_items(self, target: ast.expr, iterable: ast.expr) -> None:
        match target, iterable:
            case ast.Tuple(elts=[_, item]), ast.Call(ast.Name("enumerate"), [inner, *_]):
                self._bind_items(item, inner)
            case _:
                items = {Declared(each.name) for each in self._type_of(iterable) if each.iterable}
                self._bind(target, items)

    def _type_of(self, node: ast.expr) -> set[Declared]:
        """Return what an expression may be; nothing where the annotations do not say."""
        found: set[Declared] = set()
        match node:
            case ast.Name(name):
                found = self._names.get(name, set())
            case ast.Attribute(value, name) | ast.Call(ast.Attribute(value, name)):
                found = self._member_types(value, name)
            case ast.Call(ast.Name("next" | "min" | "max"), [inner, *_]) | ast.Subscript(inner, _):
                found = {Declared(each.name) for each in self._type_of(inner) if each.iterable}
            case ast.Call(ast.Name("replace"), [inner, *_]):
                found = self._type_of(inner)
            case ast.Call(ast.Name(name)):
                found = self._index.returned.get(name, set())
            case ast.GeneratorExp(elt=item) | ast.ListComp(elt=item):
                found = {Declared(each.name, iterable=True) for each in self._type_of(item)}
            case ast.IfExp(_, one, other):
                found = self._type_of(one) | self._type_of(other)
            case ast.BoolOp(values=values):
                found = {each for value in values for each in self._type_of(value)}
            case _:
                pass
        return found

    def _member_types(self, value: ast.expr, name: str) -> set[Declared]:
        owners = [each.name for each in self._type_of(value) if not each.iterable]
        return {
            found for owner in owners for found in self._index.members.get(owner, {}).get(name, ())
        }
