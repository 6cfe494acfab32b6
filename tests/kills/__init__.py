"""Processes that die at named instants or at any time, and an auditor that was not there and finds what was lost."""
