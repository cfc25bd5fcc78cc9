"""Reading courses: `catalogue` (public), `teaching` (those who make them), `learning` (those who take them)."""
