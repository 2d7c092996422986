"""Who read what: noted beside the ledger at once, taken into it by whoever writes next."""
