"""The digest of a scorecard: what is new since a publication, as HTML and plain text for a mail. build.py chooses, write.py renders."""
