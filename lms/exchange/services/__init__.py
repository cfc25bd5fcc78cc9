"""Writes of the exchange, by what people want to do."""
