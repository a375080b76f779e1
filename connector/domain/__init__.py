"""Frozen values and their laws; no input, output, clock or chance."""
