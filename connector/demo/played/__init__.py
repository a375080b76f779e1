"""The company as each simulated platform knows it."""
