"""Image of a line -> text with candidates."""
