"""Writes of joint degrees, named by intention."""
