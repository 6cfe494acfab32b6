"""岗位: who holds which, who stands in, and what the badge promises."""
