"""The allocation engine against the libraries that people use for the same: `make bench ONLY=allocation`."""
