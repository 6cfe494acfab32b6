"""Pages that a training server has and a real one has not: a door without passwords, exercises, beginning anew."""
