"""How long heatsync takes, beside a baseline in the same run; figures as JSON."""
