"""HTTP: calls of platforms, the API, health."""
