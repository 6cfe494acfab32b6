"""上门: the week by agent, the map, booking on the telephone, one visit, plans, and who is away.

The pages ask the same programs as the API (`features/visits`, `features/posts`), and write as every clerk does.
"""
