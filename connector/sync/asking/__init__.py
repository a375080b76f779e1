"""Asking platforms: trying again, leaving alone, several at once, and how long it takes."""
