"""The queue: Job, JobStore, Worker, Janitor, JobService. Knows nothing of HTTP or of any model."""
