"""Processing what platforms told us by calling."""
