"""Claims that go out: what each is called for ever, and what to do when it no longer holds."""
