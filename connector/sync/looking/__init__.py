"""What people ask: how things stand, why a person has their score, and tables of it."""
