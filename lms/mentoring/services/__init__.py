"""Writes of mentoring, named by intention."""
