"""Pages for people, within the daemon."""
