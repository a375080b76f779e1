"""Who the company's contacts are, and what they do: from a seed, and the same each time."""
