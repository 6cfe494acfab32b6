"""Cases at the window: the list, one case, what is done with it, receiving somebody who walks in."""
