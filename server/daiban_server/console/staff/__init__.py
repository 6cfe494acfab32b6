"""人员: who works in the centre, for which villages, and who takes over from whoever leaves."""
