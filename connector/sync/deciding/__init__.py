"""Scoring, and from scores to what every platform shall show."""
