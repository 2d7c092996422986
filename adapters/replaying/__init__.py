"""Replaying a ledger: from stored bytes to one digest, over one process or several."""
