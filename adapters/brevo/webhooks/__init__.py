"""Calls of Brevo: proved, read."""
