"""The library's shipped test cases, importable without the cipher that ours never use.

`eventsourcing.tests.persistence` imports `eventsourcing.cipher`, and that pycryptodome, for
cases of mappers alone. A stand-in of that name saves us the dependency; it is gone again after
the import.
"""

import sys
from types import ModuleType
from unittest.mock import patch

_stand_in = ModuleType("eventsourcing.cipher")
_stand_in.AESCipher = None  # type: ignore[attr-defined]

with patch.dict(sys.modules, {"eventsourcing.cipher": _stand_in}):
    from eventsourcing.tests.persistence import (
        ApplicationRecorderTestCase,
        NonInterleavingNotificationIDsBaseCase,
    )

__all__ = ["ApplicationRecorderTestCase", "NonInterleavingNotificationIDsBaseCase"]
