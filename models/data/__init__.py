"""Templates and code tables of the receiving software, as data."""
