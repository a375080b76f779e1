"""Writing what is pending to a platform."""
