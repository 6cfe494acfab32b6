"""Problem codes: stable names for what can go wrong, with what to do about it.

HTTP answers carry them as RFC 9457 problem documents, outcomes and problems of single batches by code alone. Titles and
advice are Chinese first; English second. A code that was ever shipped keeps its meaning.
"""

from daiban_schemas.problems import Problem
from daiban_schemas.problems.accounts import ACCOUNTS
from daiban_schemas.problems.asking import ASKING
from daiban_schemas.problems.catalogue import CATALOGUE
from daiban_schemas.problems.entries import ENTRIES
from daiban_schemas.problems.papers import PAPERS
from daiban_schemas.problems.planning import PLANNING
from daiban_schemas.problems.trust import TRUST
from daiban_schemas.problems.visits import VISITS
from daiban_schemas.problems.wire import WIRE

__all__ = ["PROBLEMS", "Problem", "words"]

PROBLEMS: dict[str, Problem] = {
    **ACCOUNTS,
    **WIRE,
    **ENTRIES,
    **PAPERS,
    **CATALOGUE,
    **ASKING,
    **PLANNING,
    **VISITS,
    **TRUST,
}
"""All codes."""


def words(code: str, language: str = "zh") -> tuple[str, str]:
    """Title and advice of a code; an unknown code is its own title."""
    problem = PROBLEMS.get(code)
    if problem is None:
        return code, ""
    return (problem.title, problem.advice) if language == "zh" else (problem.english, problem.english_advice)
