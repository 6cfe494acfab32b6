"""What the commands of households do, and what follows from them."""

from daiban_server import homes
from daiban_server.features.households import merging
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    commands={
        ("household", "merge"): merging.merge,
        ("household", "separate"): merging.separate,
        ("household", "tell_apart"): merging.tell_apart,
        ("household", "compare_again"): merging.compare_again,
    },
    projections={"household": (homes.project,)},
)
