"""Finds every module of a package of rules: a rule is added in one place and nowhere else."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType


def every_module_of(package: ModuleType) -> None:
    """Import the modules below a package in the order of their names; their rules register."""
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(found.name)
