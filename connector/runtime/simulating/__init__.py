"""Simulations beside the daemon, each in a process of its own."""
