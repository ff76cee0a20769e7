"""The queues of Celery's workers, by what a worker can do."""

from collections.abc import Collection

CPU, GPU = "cpu", "gpu"
QUEUES = (CPU, GPU)


def queue_of(stage: str, gpu_stages: Collection[str]) -> str:
    """Return the queue whose workers do a stage."""
    return GPU if stage in gpu_stages else CPU
