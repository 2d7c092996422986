"""What a replay works out and compares: every projection, kept claims, and another edition."""
