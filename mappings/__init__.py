"""What is shipped to write mappings with: presets, the JSON Schema for editors, and a guide."""
