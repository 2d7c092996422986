"""Replaying a ledger: the same everywhere, legal, reproducible, and safe to read."""
