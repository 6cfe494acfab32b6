"""The district's catalogue: items with their papers, limits and forms.

``items.csv`` and ``forms.json`` are the demo's catalogue of a township; its sums and limits are examples, not policy.
"""
