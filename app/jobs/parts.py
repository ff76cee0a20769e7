"""The parts of the queue in one record, put together for JobService."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.config import Config
from app.engines.registry import Engines
from app.jobs.admission import Admission
from app.jobs.change_bus import ChangeBus
from app.jobs.change_feed import ChangeFeed
from app.jobs.dispatcher import Dispatcher
from app.jobs.folders import Folders
from app.jobs.hooks import Hooks
from app.jobs.instance_lock import InstanceLock, Lock, Node
from app.jobs.janitor import Janitor
from app.jobs.job_files import FolderFiles, JobFiles
from app.jobs.leader_lock import LeaderLock
from app.jobs.leases import Leases
from app.jobs.listing import Listing
from app.jobs.running import RunningJobs
from app.jobs.simulation import Seat
from app.jobs.speeds import Speeds
from app.jobs.store import JobStore
from app.jobs.threads import JobThreads
from app.jobs.voices import Voices
from app.jobs.worker import Worker
from app.jobs.worker_process import WorkerProcess
from app.jobs.workers import Workers
from app.pipeline import Stage


@dataclass(frozen=True, slots=True)
class ProcessNode:
    """The name of a process that works for no data folder of its own."""

    node: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process has to do with jobs; worker_process: None where threads of this process work."""

    folders: Folders
    files: JobFiles
    voices: Voices
    changes: ChangeFeed
    speeds: Speeds
    janitor: Janitor
    worker: Worker
    workers: Workers
    dispatcher: Dispatcher
    threads: JobThreads
    admission: Admission
    listing: Listing
    bus: ChangeBus | None
    worker_process: Callable[[Callable[[], bool]], WorkerProcess] | None


def put_together(
    config: Config,
    store: JobStore,
    engines: Engines,
    stages: Mapping[str, Stage],
    hooks: Hooks,
    dispatch: Callable[[Worker, int], Dispatcher],
) -> Parts:
    """Make the parts; see JobService. Starts nothing."""
    folders, changes, speeds, workers = Folders(config), ChangeFeed(), Speeds(store), Workers(store)
    files: JobFiles = hooks.files or FolderFiles(folders)
    voices = Voices(store, config.voice_memory_days)
    leases, janitor = Leases(config, store), Janitor(store, folders, hooks, voices)
    folder_lock = InstanceLock(config.data_dir)
    lock: Lock = folder_lock
    node: Node = folder_lock
    bus = None
    if config.queue_url:
        bus, node = ChangeBus(config.queue_url, changes), ProcessNode(uuid.uuid4().hex)
        if store.engine.dialect.name == "postgresql":
            lock = LeaderLock(store.engine)
    running = RunningJobs(config, leases, changes, node)
    worker = Worker(
        running=running,
        leases=leases,
        speeds=speeds,
        folders=folders,
        files=files,
        changes=changes,
        engines=engines,
        stages=stages,
        janitor=janitor,
        gpu_stages=frozenset(config.gpu_stages if config.queue_url else ()),
        voices=voices,
        announce=lambda job: dispatcher.submit(job),
    )
    dispatcher = dispatch(worker, config.workers)
    threads = JobThreads(
        store=store,
        running=running,
        changes=changes,
        bus=bus,
        lock=lock,
        dispatcher=dispatcher,
        janitor=janitor,
        sweep_every_s=min(60.0, max(1.0, config.retention_s / 20)),
        periodic_tasks=hooks.periodic_tasks,
        everywhere=hooks.everywhere,
    )

    def seats() -> list[Seat]:
        if not config.queue_url:
            return [Seat()] * config.workers
        return [Seat(frozenset(one.queues), one.device) for one in workers.alive()]

    def worker_process(ending: Callable[[], bool]) -> WorkerProcess:
        assert bus is not None
        return WorkerProcess(worker, workers, node, bus, ending)

    admission = Admission(config, store, folders, speeds, changes, seats)
    process = worker_process if bus else None
    return Parts(
        folders, files, voices, changes, speeds, janitor, worker, workers, dispatcher, threads, admission,
        Listing(store), bus, process,
    )  # fmt: skip
