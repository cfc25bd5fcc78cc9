"""Reads of the exchange, each narrowed to what the actor may see."""
