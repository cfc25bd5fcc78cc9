"""Writes on what all applications share."""
