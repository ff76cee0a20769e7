"""The queue: Job, JobStore, Worker, Janitor, JobService. Knows nothing of HTTP or of any model.

service      what the rest of the program calls           hooks          what other rooms hand in
dispatcher   the Protocol between it and the workers      thread_dispatcher  worker threads
threads      starts and ends every thread of the queue    loop           a loop around an object with one turn
worker       takes the next job and runs its stages       running        the jobs that run in this process
janitor      deletes what nobody needs any more           instance_lock  one process a data folder works
store        rows: visitors, schedule, expiry             leases         rows: what workers do to them
forecast     when a job begins and ends, pure             speeds         what was measured for it
admission    whether there is room for a job              folders        where a job's files lie
change_feed  tells listeners that something moved         job            the record
tables       the models; migrations/ follows them         database       SQLite and PostgreSQL
"""
