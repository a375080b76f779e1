"""The language of the mappings folder as models, and the pure use of a mapping."""
