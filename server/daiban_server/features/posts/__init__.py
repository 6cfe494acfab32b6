"""Posts with A and B, absences, stand-ins, handovers, leaving (岗位、AB岗、顶岗、交接、离岗)."""
