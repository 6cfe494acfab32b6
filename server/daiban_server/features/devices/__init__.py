"""The life of a device after its enrolment: lost, found, revoked, given another key, and what it hands in then."""
