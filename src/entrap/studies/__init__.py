"""A room for each verb: its tables of the case file, study, answer, figures, page, command."""
