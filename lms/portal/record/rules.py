"""What can be chosen about a record that leaves the platform."""

STATEMENT = "record.statement"
SHARE_DAYS = (7, 30, 90)
"""For how many days a link may lead to a record."""
STATEMENT_DAYS = (90, 180, 365)
"""For how many days a document of a record is said to hold; what is in it may change any day."""
