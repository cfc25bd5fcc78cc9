"""Reads of joint degrees: who sees what is in the query."""
