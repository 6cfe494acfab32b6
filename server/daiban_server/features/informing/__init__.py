"""What an applicant is told when an act moves what was promised: by telephone, beside the paper that is handed over."""
