"""What keeps the state small and tidy, whatever it lives through."""
