"""Time limits of cases (限时办结): what each owes and by when, kept beside it, watched day by day."""
