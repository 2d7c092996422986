"""Over all encounters: who is owed what on a day, and how much of it was done on time."""
