"""Where files live, and how they come here: local folders, S3, guarded downloads."""
