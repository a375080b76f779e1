"""Calls of Mautic: proved, read."""
