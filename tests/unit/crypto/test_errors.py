"""The tree of exceptions that `crypto.errors` draws is the tree that there is."""

import ast
import re
from pathlib import Path

from crypto import errors

ROOT = Path(__file__).resolve().parents[3]


def defined():
    """Map every exception below CryptoError to its parent, code and module, by reading files."""
    found = {}
    for path in sorted((ROOT / "crypto").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.bases:
                assigned = (each for each in node.body if isinstance(each, ast.Assign))
                codes = [a.value.value for a in assigned if ast.unparse(a.targets[0]) == "code"]
                found[node.name] = (ast.unparse(node.bases[0]), *codes, module)
    tree = {"CryptoError"}
    while below := {n for n, facts in found.items() if facts[0] in tree} - tree:
        tree |= below
    return {name: found[name] for name in tree - {"CryptoError"}}


def drawn():
    """Read the drawing: name to parent, code and module; a module goes for what hangs below it."""
    found, above = {}, ["CryptoError"]
    line = re.compile(r"^((?:│   )*)[├└]── (\w+) +(\w+)(?: +(crypto\.[\w.]+))?")
    for match in filter(None, map(line.match, errors.__doc__.splitlines())):
        depth = len(match[1]) // 4
        parent = above[depth]
        inherited = found[parent][2] if parent in found else errors.__name__
        found[match[2]] = (parent, match[3], match[4] or inherited)
        above[depth + 1 :] = [match[2]]
    return found


def test_the_tree_is_drawn_whole():
    assert drawn() == defined()
