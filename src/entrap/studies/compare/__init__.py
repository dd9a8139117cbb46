"""`entrap compare`: runs, traps, fits or cases side by side, and what differs between them."""
