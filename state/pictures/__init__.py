"""Pictures of everybody at once, kept with what is decided of each."""
