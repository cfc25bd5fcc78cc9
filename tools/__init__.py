"""What `make` runs: set-up, the demo server, tests and checks. Nothing here is imported by the platform."""
