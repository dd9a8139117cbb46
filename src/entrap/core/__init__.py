"""What every floor stands on: constants, units, declared quantities, stable forms, errors. No physics."""
