"""The small faults: what may stand in the place of a node.

Not changed: what only people read (docstrings, the words of messages), what only a type checker
reads (annotations, `TYPE_CHECKING`, `cast`, `assert_never`, `assert`), and `__repr__`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Change = tuple[str, Any]
"""The name of an operator and what it puts in the place of a node."""

COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
REVERSED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
RECKONED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
EXCHANGED: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
EMPTY: Final = {
    "str": "''", "bytes": "b''", "int": "0", "tuple": "()", "list": "[]", "dict": "{}",
    "Mapping": "{}", "frozenset": "frozenset()", "set": "set()",
}  # fmt: skip
"""What is empty of its kind, by the name of the kind; of any other kind it is None."""

REMOVABLE: Final = (ast.Raise, ast.AugAssign, ast.Delete)


def read(text: str) -> Any:
    """An expression out of its text."""
    return ast.parse(text, mode="eval").body


def instead(was: ast.expr, now: ast.expr) -> ast.expr:
    """Something else, with what stood there behind it and never reached."""
    return ast.IfExp(test=ast.Constant(value=True), body=now, orelse=was)


def dead(was: ast.stmt, now: list[ast.stmt]) -> ast.stmt:
    """A statement that is never reached, with others in its place."""
    return ast.If(test=ast.Constant(value=False), body=[was], orelse=now)


def truths(node: ast.expr) -> Iterator[Change]:
    """A condition that always holds, and one that never does."""
    if isinstance(node, ast.Constant):
        return
    for value in (True, False):
        yield f"condition is {value}", instead(node, ast.Constant(value=value))


def comparisons(node: ast.Compare) -> Iterator[Change]:
    """Each operator with its boundary, its opposite or its reverse."""
    for number, op in enumerate(node.ops):
        for name, table in (("boundary or opposite", COMPARED), ("reverse", REVERSED)):
            if type(op) in table:
                ops = [*node.ops]
                ops[number] = table[type(op)]()
                yield name, ast.Compare(left=node.left, ops=ops, comparators=node.comparators)


def connections(node: ast.BoolOp) -> Iterator[Change]:
    """`and` for `or`, and each part left out."""
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and/or", ast.BoolOp(op=other, values=node.values)
    for number in range(len(node.values)):
        rest = [*node.values[:number], *node.values[number + 1 :]]
        kept = rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
        yield "part of and/or left out", instead(node, kept)


def reckonings(node: ast.BinOp) -> Iterator[Change]:
    """Another operator; texts are not reckoned with."""
    worded = (ast.JoinedStr, ast.Constant)
    texts = any(
        isinstance(side, worded) and not isinstance(getattr(side, "value", ""), int | float)
        for side in (node.left, node.right)
    )
    if type(node.op) in RECKONED and not texts:
        yield (
            "arithmetic",
            ast.BinOp(left=node.left, op=RECKONED[type(node.op)](), right=node.right),
        )


def negations(node: ast.UnaryOp) -> Iterator[Change]:
    """`not` left out, and a minus."""
    if isinstance(node.op, ast.Not):
        yield "not left out", instead(node, node.operand)
    elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "minus left out", instead(node, node.operand)


def calls(node: ast.Call) -> Iterator[Change]:
    """`any` for `all`, `min` for `max`, a Decimal and one more."""
    name = getattr(node.func, "id", "")
    if name in EXCHANGED:
        func = ast.Name(id=EXCHANGED[name], ctx=ast.Load())
        yield (
            f"{name}/{EXCHANGED[name]}",
            ast.Call(func=func, args=node.args, keywords=node.keywords),
        )
    if name == "Decimal" and node.args and isinstance(node.args[0], ast.Constant):
        try:
            more = str(Decimal(str(node.args[0].value)) + 1)
        except InvalidOperation:
            return
        yield "number", ast.Call(func=node.func, args=[ast.Constant(value=more)], keywords=[])


def constants(node: ast.Constant) -> Iterator[Change]:
    """True for False, and a number and one more."""
    if isinstance(node.value, bool):
        yield "True/False", ast.Constant(value=not node.value)
    elif isinstance(node.value, int | float):
        yield "number", ast.Constant(value=node.value + 1)


def choices(node: ast.IfExp) -> Iterator[Change]:
    """Both ways of a ternary, always."""
    yield "condition is True", instead(node, node.body)
    yield "condition is False", instead(node, node.orelse)


EXPRESSIONS: Final[dict[type[Any], Callable[[Any], Iterator[Change]]]] = {
    ast.Compare: comparisons,
    ast.BoolOp: connections,
    ast.BinOp: reckonings,
    ast.UnaryOp: negations,
    ast.Call: calls,
    ast.Constant: constants,
    ast.IfExp: choices,
}


def other_text(text: str) -> Change:
    """A key that is no key."""
    return "text", ast.Constant(value=f"{text}!")


# ---- Statements ----------------------------------------------------------------------------------


def statements(node: ast.stmt, returns: ast.expr | None, again: frozenset[str]) -> Iterator[Change]:
    """A statement left out, a return of nothing, a loop left sooner or later."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _returned(node, returns)
    elif isinstance(node, ast.Break):
        yield "break/continue", ast.Continue()
    elif isinstance(node, ast.Continue):
        yield "break/continue", ast.Break()
    elif isinstance(node, REMOVABLE) or _acts(node) or _sets_again(node, again):
        yield "statement left out", dead(node, [])


def _acts(node: ast.stmt) -> bool:
    acting = (ast.Call, ast.Yield, ast.YieldFrom)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, acting):
        return False
    return getattr(getattr(node.value, "func", None), "id", "") != "assert_never"


def _sets_again(node: ast.stmt, again: frozenset[str]) -> bool:
    """Whether it is an assignment without which the function still has all its names."""
    if not isinstance(node, ast.Assign):
        return False
    (target, *_) = node.targets
    if isinstance(target, ast.Attribute | ast.Subscript):
        return True
    return isinstance(target, ast.Name) and target.id in again


def _returned(node: ast.Return, returns: ast.expr | None) -> Iterator[Change]:
    value = node.value
    if value is None or getattr(value, "value", "something") in (None, True, False, ""):
        return
    kind = ast.unparse(returns) if returns is not None else "None"
    if kind in ("bool", "TypeGuard"):
        for way in (True, False):
            yield f"return of {way}", dead(node, [ast.Return(value=ast.Constant(value=way))])
        return
    nothing = "None" if "None" in kind else EMPTY.get(kind.partition("[")[0], "None")
    if ast.unparse(value) != nothing:
        yield "return of nothing", dead(node, [ast.Return(value=read(nothing))])
