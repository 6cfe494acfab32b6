"""What the console's pages show: programs that read a few tables set-wise, each for one part of a page."""
