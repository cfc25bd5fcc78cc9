"""Forms of joint degrees."""
