"""What people see and press: the review site, for keyers, approvers and operators of a station."""
