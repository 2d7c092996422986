"""What may be asked of a ledger about one encounter, and the times of a question."""
