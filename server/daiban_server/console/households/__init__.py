"""一户一页: a household with what is pending there."""
