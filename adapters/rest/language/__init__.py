"""What an entry may say about a REST API: checked when the file is read."""
