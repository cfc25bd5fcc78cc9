"""Reads of what all applications share, each narrowed to what the actor may see."""
