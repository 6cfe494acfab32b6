"""Figures (统计): what the centre did, counted from what happened, each number with the cases that it counts."""
