"""The command line: a row for each verb, and the lists of materials."""
