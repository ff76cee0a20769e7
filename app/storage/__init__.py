"""Files beyond this disk, and how they come here: S3, guarded downloads."""
