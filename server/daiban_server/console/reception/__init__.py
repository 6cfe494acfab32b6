"""接待: who came, what for, and a case if there is to be one; also what was written on paper in the meantime."""
