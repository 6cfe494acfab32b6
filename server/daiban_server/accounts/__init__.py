"""Accounts: how somebody at a desk shows who he is, and what he may do until he has."""
