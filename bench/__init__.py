"""Our figures, beside other programs' in the same run."""
