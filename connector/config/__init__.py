"""Settings from the environment, and the mappings folder read, checked and made ready."""
