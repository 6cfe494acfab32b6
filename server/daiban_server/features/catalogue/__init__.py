"""The district's catalogue: items with their papers, limits and forms, in editions; windows; workbooks in and out.

``demo/`` is the demo's catalogue of a township; its sums and limits are examples, not policy.
"""
