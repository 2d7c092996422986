"""Every mutant of a module, in the order of its source."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from tests.mutants.operators import (
    EXPRESSIONS,
    Change,
    other_text,
    statements,
    truths,
)
from tests.mutants.sites import Kind, Mutant, Slot, Source, numbered

CONDITIONS: Final[dict[type[ast.AST], str]] = {
    ast.If: "test",
    ast.While: "test",
    ast.comprehension: "ifs",
}
UNREAD: Final = {"annotation", "returns", "decorator_list", "type_comment", "type_params", "bases"}
"""Fields that a program does not go by, or that are about a whole class."""
FOR_TYPES: Final = {"cast", "TypeVar", "assert_never", "NewType", "Literal"}
MOVES: Final = re.compile(r"[A-Z]{2,}[A-Z>= ]*=[A-Z>= ]*")
"""Where a fact is legal and what it moves (domain/lifecycle/table.py): one stage is taken away."""
WORDS: Final = {
    "description", "label", "reason", "remedy", "source", "title", "doc", "summary", "message",
    "text", "why", "clause",
}  # fmt: skip
"""Named arguments and names that hold what people read."""
FUNCTIONS: Final = (ast.FunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Where:
    """What surrounds a node: its function, what that returns, which names it sets twice."""

    names: tuple[str, ...] = ()
    kind: Kind = "module"
    returns: ast.expr | None = None
    again: frozenset[str] = frozenset()
    decides: bool = False
    """Whether a text here is one that something is decided by."""
    around: ast.AST | None = None
    """The expression or statement that a person would read it in."""

    @property
    def function(self) -> str:
        """The name of the function, or of the class, or that of no function."""
        return ".".join(self.names) or "(module)"


def mutants_of(source: Source) -> list[Mutant]:
    """All that can be done to a module."""
    found = _below(source, source.tree, Where())
    return list(numbered(found))


def _below(source: Source, node: ast.AST, where: Where) -> Iterator[Mutant]:
    for slot in _slots(node):
        child = slot.get()
        if _is_unread(child, where):
            continue
        for operator, changed in _changes(slot, child, where):
            yield _mutant(source, slot, operator, changed, where)
        yield from _below(source, child, _inside(slot, child, where))


def _slots(node: ast.AST) -> Iterator[Slot]:
    for name, value in ast.iter_fields(node):
        if name in UNREAD:
            continue
        if isinstance(value, ast.AST):
            yield Slot(node, name)
        elif isinstance(value, list):
            parts = cast("list[object]", value)
            yield from (Slot(node, name, n) for n, e in enumerate(parts) if isinstance(e, ast.AST))


def _is_unread(child: ast.AST, where: Where) -> bool:
    """Whether nothing is decided there."""
    match child:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Assert():
            return True
        case ast.Expr(value=ast.Constant()) | ast.FunctionDef(name="__repr__"):
            return True
        case ast.If():
            return "TYPE_CHECKING" in ast.unparse(child.test)
        case ast.Call(func=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
            return name in FOR_TYPES
        case ast.keyword(arg=name):
            return name in WORDS and where.kind == "module"
        case _:
            return False


def _inside(slot: Slot, child: Any, where: Where) -> Where:
    """What surrounds whatever is below a node."""
    around = child if isinstance(child, ast.stmt | ast.expr) else where.around
    where = replace(where, around=around, decides=_decides(slot, child, where))
    if isinstance(child, ast.ClassDef):
        return replace(where, names=(*where.names, child.name))
    if isinstance(child, ast.arguments):
        return replace(where, kind="default" if where.kind == "function" else where.kind)
    if isinstance(slot.parent, FUNCTIONS) and slot.name == "args":
        return where
    if isinstance(child, FUNCTIONS):
        return _in_function(child, where)
    return where


def _in_function(child: ast.FunctionDef | ast.Lambda, where: Where) -> Where:
    name = child.name if isinstance(child, ast.FunctionDef) else "<lambda>"
    set_in = Counter(
        node.id
        for node in ast.walk(child)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    again = frozenset(each for each, times in set_in.items() if times > 1)
    arguments = frozenset(each.arg for each in ast.walk(child.args) if isinstance(each, ast.arg))
    return replace(
        where,
        names=(*where.names, name),
        kind="function",
        returns=child.returns if isinstance(child, ast.FunctionDef) else None,
        again=again | (arguments & set(set_in)),
    )


def _decides(slot: Slot, child: ast.AST, where: Where) -> bool:
    """Whether a text below is compared, or names a key."""
    if isinstance(child, ast.Compare | ast.MatchValue):
        return True
    if isinstance(child, ast.Tuple | ast.Set | ast.List):
        return where.decides and isinstance(slot.parent, ast.Compare)
    return False


def _changes(slot: Slot, child: Any, where: Where) -> Iterator[Change]:
    if isinstance(child, ast.arg | ast.arguments | ast.FunctionDef | ast.ClassDef):
        return
    if where.kind == "module":
        yield from _of_data(child, slot)
        return
    if CONDITIONS.get(type(slot.parent)) == slot.name:
        yield from truths(child)
    if isinstance(child, ast.stmt):
        yield from statements(child, where.returns, where.again)
        return
    yield from _of_expression(child)
    text = child.value if isinstance(child, ast.Constant) else None
    is_key = _is_key(slot) or where.decides or where.kind == "default"
    if isinstance(text, str) and text and is_key:
        yield other_text(text)


def _of_expression(child: Any) -> Iterator[Change]:
    change = EXPRESSIONS.get(type(cast("object", child)))
    return iter(()) if change is None else change(child)


def _is_key(slot: Slot) -> bool:
    """Whether a text stands as the key of a dict or of a subscript."""
    return (isinstance(slot.parent, ast.Dict) and slot.name == "keys") or (
        isinstance(slot.parent, ast.Subscript) and slot.name == "slice"
    )


def _of_data(child: Any, slot: Slot) -> Iterator[Change]:
    """Numbers, truths and codes that a module holds; a text with a blank in it is for people."""
    if not isinstance(child, ast.Constant):
        yield from calls_of_data(child)
        return
    if isinstance(child.value, str):
        named = isinstance(slot.parent, ast.Assign) and "WORD" in ast.unparse(
            slot.parent.targets[0]
        )
        if MOVES.fullmatch(child.value):
            yield "text", ast.Constant(value=child.value[1:])
        elif child.value and " " not in child.value and len(child.value) <= 60 and not named:
            yield other_text(child.value)
        return
    yield from EXPRESSIONS[ast.Constant](child)


def calls_of_data(child: Any) -> Iterator[Change]:
    """A Decimal of a table."""
    if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "Decimal":
        yield from EXPRESSIONS[ast.Call](child)


def _mutant(source: Source, slot: Slot, operator: str, node: Any, where: Where) -> Mutant:
    was = slot.get()
    placed = ast.copy_location(node, was) if hasattr(was, "lineno") else node
    ast.fix_missing_locations(placed)
    before, after = _read(slot, was, placed, where)
    asked = where.around if where.kind == "default" else was
    return Mutant(
        file=source.name,
        function=where.function,
        line=getattr(was, "lineno", 0),
        last=getattr(asked, "end_lineno", 0) or 0,
        operator=operator,
        before=before,
        after=after,
        kind=where.kind,
        slot=slot,
        node=placed,
    )


def _read(slot: Slot, was: ast.AST, node: ast.AST, where: Where) -> tuple[str, str]:
    """How a change reads: in the expression around it where it is a word by itself."""
    if isinstance(was, ast.stmt):
        return ast.unparse(was), _of_statement(node)
    if isinstance(was, ast.Constant) and isinstance(where.around, ast.expr | ast.stmt):
        around = where.around
        before = _headline(around)
        slot.put(_plain(node))
        after = _headline(around)
        slot.put(was)
        return before, after
    return ast.unparse(was), ast.unparse(_plain(node))


def _headline(node: ast.AST) -> str:
    """A statement without what is below it."""
    if hasattr(node, "body") and isinstance(node, ast.stmt):
        short: Any = copy.copy(node)
        short.body = [ast.Expr(value=ast.Constant(value=...))]
        if hasattr(short, "orelse"):
            short.orelse = []
        return ast.unparse(short)
    return ast.unparse(node)


def _plain(node: Any) -> Any:
    """A change without what it keeps behind it."""
    kept = isinstance(node, ast.IfExp) and isinstance(node.test, ast.Constant)
    return node.body if kept else node


def _of_statement(node: ast.AST) -> str:
    if isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
        return "; ".join(ast.unparse(each) for each in node.orelse) or "(left out)"
    return ast.unparse(node)
