"""Reading what changed on a platform, and what is gone."""
