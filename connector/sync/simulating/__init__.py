"""A draft model replayed over the stored history, against the present one; nothing is written."""
