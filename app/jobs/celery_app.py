"""Celery as both sides need it: those who send, and `app/worker.py`, which works."""

from celery import Celery
from kombu import Queue

from app.config import Config
from app.jobs.job import JobPriority
from app.jobs.queues import CPU, QUEUES

TASK = "konspekt.work"
GRACE_S = 300  # from the soft time limit, which fails the job, to the hard one, which kills its process


def make_celery(config: Config) -> Celery:
    """Make the application by which messages are sent and received. Connects to nothing."""
    celery = Celery("konspekt", broker=config.queue_url, set_as_current=False)
    celery.conf.update(
        task_default_queue=CPU,
        task_queues=[Queue(name) for name in QUEUES],
        task_ignore_result=True,  # the row in the database is the result
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=config.job_time_limit_s,
        task_time_limit=config.job_time_limit_s + GRACE_S,
        task_publish_retry=False,  # what could not be sent is sent by the sweeper
        worker_prefetch_multiplier=1,
        worker_concurrency=1,
        worker_proc_alive_timeout=120,  # its first start opens the database
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_send_task_events=False,
        broker_connection_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "priority_steps": sorted(JobPriority),
            "queue_order_strategy": "priority",
            "visibility_timeout": config.job_time_limit_s + 2 * GRACE_S,
            "socket_connect_timeout": 2,
            "socket_timeout": 30,
            "socket_keepalive": True,
            "max_retries": 1,  # a request does not wait for a broker that is away
            "interval_start": 0,
            "interval_max": 0.2,
        },
    )
    return celery
