"""Figures: what a report says is what people would write by hand, and every number shows its cases."""
