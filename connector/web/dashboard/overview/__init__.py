"""The page of the morning: whether everything is in order, who is hot, and how everybody stands."""
