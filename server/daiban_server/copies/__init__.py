"""A resident's copy of his own data (个人信息保护法 45): what is held about a household, a person in it, or one case.

`choosing` says which records are whose, `gather` reads them whole into what a machine can read, `paper` makes of that
what a person can read. Nobody but the centre's head hands one out, with a reason, and each is an act in the audit.
"""
