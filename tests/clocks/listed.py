"""Times near what is hard, and the local date of each, worked out by hand."""

from __future__ import annotations

LISTED = [
    # Midnight, and the last microsecond before it.
    ("America/Chicago", "2026-07-01T00:00:00-05:00", "2026-07-01"),
    ("America/Chicago", "2026-06-30T23:59:59.999999-05:00", "2026-06-30"),
    ("America/Chicago", "2026-07-01T04:59:59Z", "2026-06-30"),
    ("America/Chicago", "2026-07-01T05:00:00Z", "2026-07-01"),
    # Spring forward: two o'clock never comes, and the hour before midnight UTC is still Sunday.
    ("America/Chicago", "2026-03-08T02:30:00-06:00", "2026-03-08"),
    ("America/Chicago", "2026-03-09T04:30:00Z", "2026-03-08"),
    ("America/Chicago", "2026-03-08T05:30:00Z", "2026-03-07"),
    # Fall back: one o'clock comes twice, and the day has 25 hours.
    ("America/Chicago", "2025-11-02T01:30:00-05:00", "2025-11-02"),
    ("America/Chicago", "2025-11-02T01:30:00-06:00", "2025-11-02"),
    ("America/Chicago", "2025-11-03T05:30:00Z", "2025-11-02"),
    ("America/Chicago", "2025-11-02T04:30:00Z", "2025-11-01"),
    # Where midnight itself is left out, or comes twice.
    ("America/Havana", "2026-03-08T05:00:00Z", "2026-03-08"),
    ("America/Havana", "2026-03-08T04:59:59Z", "2026-03-07"),
    ("America/Santiago", "2026-04-05T02:30:00Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T03:30:00Z", "2026-04-04"),
    ("America/Santiago", "2026-04-05T04:00:00Z", "2026-04-05"),
    ("Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24"),
    ("Africa/Cairo", "2026-04-23T21:59:59Z", "2026-04-23"),
    # A change of half an hour; offsets of three quarters.
    ("Australia/Lord_Howe", "2026-04-04T13:15:00Z", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-03T13:29:59Z", "2026-10-03"),
    ("Pacific/Chatham", "2026-06-30T11:14:59Z", "2026-06-30"),
    ("Pacific/Chatham", "2026-06-30T11:15:00Z", "2026-07-01"),
    ("Asia/Kathmandu", "2026-06-30T18:14:59Z", "2026-06-30"),
    ("Asia/Kathmandu", "2026-06-30T18:15:00Z", "2026-07-01"),
    # The leap day, the years that have none, and the ends of years.
    ("America/Chicago", "2024-03-01T05:59:59Z", "2024-02-29"),
    ("America/Chicago", "2025-03-01T05:59:59Z", "2025-02-28"),
    ("Europe/Berlin", "2024-02-28T23:00:00Z", "2024-02-29"),
    ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", "2026-01-01"),
    ("Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "2025-12-31"),
    ("Etc/GMT+12", "2026-01-01T11:59:59Z", "2025-12-31"),
    # Told with another zone's offset, near the date line.
    ("Pacific/Kiritimati", "2026-06-30T00:00:00-10:00", "2026-07-01"),
    ("Pacific/Pago_Pago", "2026-07-01T23:59:59+14:00", "2026-06-30"),
    ("UTC", "2026-07-01T00:00:00+23:59", "2026-06-30"),
    ("UTC", "2026-06-30T23:59:59-23:59", "2026-07-01"),
    # A bare date is nobody's to shift.
    ("Pacific/Kiritimati", "2026-06-30", "2026-06-30"),
    ("Pacific/Pago_Pago", "2026-06-30", "2026-06-30"),
    ("America/Chicago", "2024-02-29", "2024-02-29"),
]
"""Zone, time as told, date of service."""
