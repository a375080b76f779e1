"""Advice on a configuration that is right: what it says may not be what was meant."""
