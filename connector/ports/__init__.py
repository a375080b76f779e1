"""The contracts between the core and the world: protocols, and the values they exchange."""
