"""What others do with the same records, in the same run: each peer installed from its registry, served as its manual
says, and asked over one kept connection of HTTP/1.1.

They do less: no signatures, no receipts, no merge of fields, no log. The remarks say what each of them promises.
"""
