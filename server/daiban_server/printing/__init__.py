"""From what stands in the books to what is printed: here the features' data and the papers' forms meet."""
