"""What every floor stands on: constants, units, declared quantities, errors. No physics."""
