"""What contacts did, from wherever Brevo tells it."""
