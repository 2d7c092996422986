"""The command that replays a ledger, and how what it found is shown."""
