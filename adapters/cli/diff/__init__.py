"""`veinledger diff`: what was learned between two moments, and what it did."""
