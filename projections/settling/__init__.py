"""What persons settled, and whether it still counts."""
