"""统计: what was done, on the screen, each number with the list of what it counts."""
