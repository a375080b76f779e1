"""What is known of records and persons: taking in what was read, and who is whom."""
