"""How anything computes: the device's one thread, the precision that pays, interruption."""
