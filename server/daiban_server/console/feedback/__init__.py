"""意见评价: what residents said of the centre, and what it answers."""
