"""The functions of a running program, and how another body is put into them.

A function keeps its identity: whatever table, decorator, validator or closure holds it runs the
changed body from then on. What ran once at import has left its results behind and is not reached.
"""

from __future__ import annotations

import ast
import functools
import gc
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from tests.mutants.sites import ROOT, Mutant, Source

Told = tuple[str, int, bytes]

CACHED: Final[type[Any]] = type(functools.cache(lambda: None))


class Live:
    """Every function of the house that there is, by the file that it came from."""

    def __init__(self, root: Path = ROOT) -> None:
        gc.unfreeze()
        self.functions: dict[str, list[FunctionType]] = {}
        self.caches: list[Any] = []
        names: dict[str, str | None] = {}
        for each in gc.get_objects():
            if type(each) is FunctionType:
                file = each.__code__.co_filename
                if file not in names:
                    names[file] = _below(Path(file), root)
                self.functions.setdefault(names[file] or "", []).append(each)
            elif isinstance(each, CACHED):
                self.caches.append(each)

    def swap(self, source: Source, mutant: Mutant) -> int:
        """Put the mutant into every function that it is about; how many there were."""
        if mutant.kind == "default":
            return sum(_other_default(each, mutant) for each in self._of(source, mutant))
        changed = dict(_pairs(source.code(), source.code(mutant)))
        swapped = 0
        for function in self.functions.get(source.name, []):
            code = changed.get(_told_apart(function.__code__))
            if code is not None:
                function.__code__ = code
                swapped += 1
        return swapped

    def _of(self, source: Source, mutant: Mutant) -> Iterator[FunctionType]:
        for function in self.functions.get(source.name, []):
            code = function.__code__
            if code.co_qualname.replace("<locals>.", "") == mutant.function:
                yield function

    def forget(self, kept: set[int]) -> None:
        """Empty every cache but those that are kept."""
        for cache in self.caches:
            if id(cache) not in kept:
                cache.cache_clear()


def _below(path: Path, root: Path) -> str | None:
    if not path.is_absolute() or not path.exists():
        return None
    found = path.resolve()
    return found.relative_to(root).as_posix() if found.is_relative_to(root) else None


def _codes(code: CodeType) -> Iterator[CodeType]:
    """All code below some other, whatever is nested in it included."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _told_apart(code: CodeType) -> Told:
    """What names a body; code that has run for a while does not equal itself as compiled."""
    return code.co_qualname, code.co_firstlineno, code.co_linetable


def _pairs(before: CodeType, after: CodeType) -> Iterator[tuple[Told, CodeType]]:
    """A body and what it became, where it became something else."""
    known: dict[tuple[str, int], list[CodeType]] = {}
    for code in _codes(after):
        known.setdefault((code.co_qualname, code.co_firstlineno), []).append(code)
    for code in _codes(before):
        alike = known.get((code.co_qualname, code.co_firstlineno), [])
        if alike and (now := alike.pop(0)) != code:
            yield _told_apart(code), now


def _other_default(function: FunctionType, mutant: Mutant) -> bool:
    """Let a parameter have another default; whether the function has one like it."""
    arguments: Any = mutant.slot.parent
    value = ast.literal_eval(mutant.node)
    if mutant.slot.name == "kw_defaults":
        name = arguments.kwonlyargs[mutant.slot.number].arg
        function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), name: value}
        return True
    defaults = list(function.__defaults__ or ())
    if mutant.slot.number is None or len(defaults) <= mutant.slot.number:
        return False
    defaults[mutant.slot.number] = value
    function.__defaults__ = tuple(defaults)
    return True
