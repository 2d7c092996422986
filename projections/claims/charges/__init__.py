"""Posted charges: which bill each belongs to, and what its revenue code says of it."""
