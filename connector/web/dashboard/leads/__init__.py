"""Everybody by their scores: looked for, chosen, put in order, and taken along as a table."""
