"""Putting it together: the only place that names concrete adapters and stores."""
