"""设置: what a head and the district may choose, each with its unit, its bounds and what it does."""
