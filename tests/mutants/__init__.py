"""Small faults planted in `domain/`, one at a time, and whether tests notice: `make mutants`."""
