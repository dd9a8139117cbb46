"""A room for each verb: its tables of the case file, the study, its answer, figures, page and command."""
