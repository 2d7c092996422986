"""Families of revenue codes, by the rule of the code book that lists them."""

from __future__ import annotations

from typing import Final

ACCOMMODATION: Final = "accommodation_revenue"
"""Rooms, which only a stay can have."""
ATTENDANCE: Final = "attendance_revenue"
"""What only an emergency or observation visit can have."""
