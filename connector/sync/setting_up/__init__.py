"""What a platform lacks of what a configuration names."""
