"""Items of JSON as the configuration says they are: contacts, events, lists and removals."""
