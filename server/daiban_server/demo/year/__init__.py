"""A year of a district, made for demonstrations and for trying out figures: ``daiban demo-year FOLDER``."""
