"""Depths: each queue and priority by itself, and only what waits."""

from dataclasses import replace

from app.jobs.depths import depths
from app.jobs.job import JobPriority
from app.jobs.leases import Leases
from app.jobs.store import JobStore
from tests.jobs.test_store import accept, new, on_both_databases


@on_both_databases
def test_what_waits_is_counted_by_queue_and_priority(store: JobStore, leases: Leases) -> None:
    accept(store)
    leases.claim("here", "a lease")
    for _ in range(2):
        accept(store)
    store.add(replace(new("service"), priority=JobPriority.BATCH, queue="gpu", duration_s=None), 10)
    cpu, gpu = sorted(depths(store), key=lambda depth: depth.queue)
    assert (cpu.queue, cpu.priority, cpu.n_jobs, cpu.sound_s) == ("cpu", JobPriority.INTERACTIVE, 2, 25.0)
    assert (gpu.queue, gpu.priority, gpu.n_jobs, gpu.sound_s) == ("gpu", JobPriority.BATCH, 1, 0.0)
    assert 0 <= gpu.oldest_s < 60
    leases.release("a lease")
    assert next(depth for depth in depths(store) if depth.queue == "cpu").n_jobs == 3
