"""Mandates: what becomes of one apart from the application that it was given for."""
