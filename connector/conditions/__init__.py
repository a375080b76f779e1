"""Conditions: a dialect of SQL's WHERE, checked when read, compiled to Polars expressions."""
