"""Opens images of a disk with the real program and judges what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree

from tests.adapters.faults.checker import Judgement, assert_sound, judged, send_again
from tests.adapters.faults.images import Image
from tests.adapters.faults.messages import KEYS, Expectation, opened
from veinledger.adapters.store.keys import Keys


@dataclass(slots=True)
class Inspector:
    """Opens images with the real program; the same image is opened once."""

    folder: Path
    sent: Iterable[int]
    seen: dict[bytes, Judgement] = field(default_factory=dict[bytes, Judgement])
    expectations: dict[bytes, Expectation] = field(default_factory=dict[bytes, Expectation])
    again: int = 20
    """Of so many images one is sent everything again."""
    keys_in: str = KEYS

    def judged(self, image: Image) -> Judgement:
        """What is kept in an image, and what is lost of what had been acknowledged."""
        digest = image.digest
        if digest not in self.seen:
            self.seen[digest] = self._opened(image)
        found = self.seen[digest]
        return replace(found, lost=image.acknowledged - found.kept)

    def _opened(self, image: Image) -> Judgement:
        place = self.folder / "image"
        rmtree(place, ignore_errors=True)
        place.mkdir()
        image.write(place)
        ledger, keys = opened(place, self.keys_in)
        with ledger:
            expectation = self._expectation(keys)
            found = judged(ledger, expectation, self.sent, ())
            if found.sound and len(self.seen) % self.again == 0:
                send_again(ledger, expectation, found.kept, self.sent)
                assert_sound(judged(ledger, expectation, self.sent, self.sent), "sent again")
        return found

    def _expectation(self, keys: Keys) -> Expectation:
        return self.expectations.setdefault(keys.index_key, Expectation(keys))
