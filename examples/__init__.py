"""Worked examples and a made-up site; they come with the program, for `veinledger demo`."""
