"""What happened, as the tables of an instance have it."""
