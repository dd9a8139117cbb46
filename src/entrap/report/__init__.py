"""The only floor that draws, prints and writes; it computes no physics."""
