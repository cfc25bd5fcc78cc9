"""The state machines of joint degrees. Importing this registers them."""
