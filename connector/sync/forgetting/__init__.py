"""Erasing people on request, and for good."""
