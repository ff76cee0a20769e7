"""The queue: Job, JobStore, Worker, Janitor, JobService. Knows nothing of HTTP or of any model.

service      what the rest of the program calls           hooks          what other rooms hand in
parts        puts these together                          threads        starts and ends every thread
dispatcher   the Protocol between it and the workers      thread_dispatcher  worker threads
celery_app   Celery's settings, for both sides            celery_dispatcher  messages to workers elsewhere
worker_process  what one of Celery's processes keeps      workers        which of them live
queues       what workers can do                          depths         how much waits for them
leader_lock  one process over machines leads              change_bus     tells other processes what moved
loop         a loop around an object with one turn
worker       takes the next job and runs its stages       running        the jobs that run in this process
stage_log    what it notes of a job's stages               instance_lock  one process a data folder works
janitor      deletes what nobody needs any more           expiry         rows: what the janitor does to them
store        rows: what visitors and the schedule ask     leases         rows: what workers do to them
queue_order  the one rule by which jobs come next         retention      the one rule by which things are kept
forecast     when a job begins and ends, pure             speeds         what was measured for it
admission    whether there is room for a job              folders        where a job's files lie
change_feed  tells listeners that something moved         job            the record
tables       the models; migrations/ follows them         database       SQLite and PostgreSQL
"""
