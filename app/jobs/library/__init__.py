"""All recordings of a visitor: found by what is said in them, named, tagged, kept."""
