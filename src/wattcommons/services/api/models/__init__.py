"""What the API takes and answers: one file a subject, units in the names."""
