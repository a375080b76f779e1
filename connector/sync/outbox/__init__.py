"""Rows of what is to be written: what is left to do, what holds them back, what undid them."""
