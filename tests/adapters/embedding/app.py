"""What a host has of its own: an event-sourced application, a cipher, a handler that breaks."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Cipher
from eventsourcing.utils import Environment


class HostCipher(Cipher):
    """Turns every byte over; it only has to be seen to be used."""

    def __init__(self, environment: Environment) -> None:
        self._mask = int(environment["CIPHER_KEY"])

    def encrypt(self, plaintext: bytes) -> bytes:
        """The bytes, turned over."""
        return bytes(byte ^ self._mask for byte in plaintext)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """The same once more."""
        return self.encrypt(ciphertext)


class Interface(Aggregate):
    """One interface of the engine, with the messages that passed through it."""

    @event("Opened")
    def __init__(self, name: str) -> None:
        self.name = name
        self.passed: list[str] = []

    @event("Passed")
    def passes(self, message: str) -> None:
        """A message passed."""
        self.passed.append(message)


class Engine(Application[UUID]):
    """The host's own use of the library that the ledger is built on."""

    snapshotting_intervals = {Interface: 2}  # noqa: RUF012

    def open(self, name: str) -> UUID:
        """A new interface."""
        made = Interface(name)
        self.save(made)
        return made.id

    def passes(self, number: UUID, message: str) -> list[str]:
        """A message passes; all that have passed."""
        found: Interface = self.repository.get(number)
        found.passes(message)
        self.save(found)
        again: Interface = self.repository.get(number)
        return list(again.passed)


class Breaking(logging.Handler):
    """A handler that breaks on everything that it is given."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Break."""
        raise RuntimeError(f"no line from {record.name} is wanted here")


class Context(dict[str, Any]):
    """A context class of the host's own."""

    def copy(self) -> Context:
        """A context of the same class, as structlog wants it."""
        return Context(self)


def shouting(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of the host's own."""
    return {name: str(value).upper() for name, value in event.items()}
