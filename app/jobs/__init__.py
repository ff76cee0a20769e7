"""The queue: Job, JobStore, Worker, Janitor, JobService. Knows nothing of HTTP or of any model.

service    what the rest of the program calls
crew       the threads: a small loop around each object below that has a turn
worker     takes the next job and runs its stages        claims    the jobs in this process's hands
janitor    deletes what nobody needs any more            duty      one process a data folder works
store      rows: visitors, schedule, expiry              leases    rows: what workers do to them
forecast   when a job begins and ends, pure              speeds    what was measured for it
changes    tells listeners that something moved          folders   where a job's files lie
tables     the models; migrations/ follows them          database  SQLite and PostgreSQL
"""
