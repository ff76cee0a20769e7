"""Engines: models behind one Protocol a role, the choice among them, their weights, the device's turns."""
