"""What is written to an account: attributes one by one and in bulk, lists, contacts, actions."""
