"""What triggers ask for: who they fire for, what is recorded then, and how it is done."""
