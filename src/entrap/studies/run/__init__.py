"""`entrap run`: a sample through hold and warm-up, with numbers, margins and figures."""
