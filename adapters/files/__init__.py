"""What files of several kinds share: waiting for a lock, adding to the end whole or not at all."""
