-- The schema of version 0.1.0 as its migrations made it (revision 0005).
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE jobs (
    id VARCHAR(32) NOT NULL,
    owner VARCHAR(255) NOT NULL,
    name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    language VARCHAR(16) NOT NULL,
    stages JSON NOT NULL,
    status VARCHAR(16) NOT NULL,
    place BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stage VARCHAR(32),
    stage_started_at TIMESTAMP WITH TIME ZONE,
    progress DOUBLE PRECISION NOT NULL,
    attempt BIGINT NOT NULL,
    duration_s DOUBLE PRECISION,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    cancel_requested BOOLEAN DEFAULT false NOT NULL,
    deleting BOOLEAN DEFAULT false NOT NULL,
    error JSON,
    engines JSON NOT NULL,
    node VARCHAR(32),
    lease VARCHAR(32),
    lease_until TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX ix_jobs_schedule ON jobs (status, place);

CREATE INDEX ix_jobs_owner ON jobs (owner, created_at);

CREATE TABLE speeds (
    stage VARCHAR(32) NOT NULL,
    engine VARCHAR(255) NOT NULL,
    n DOUBLE PRECISION NOT NULL,
    x DOUBLE PRECISION NOT NULL,
    y DOUBLE PRECISION NOT NULL,
    xx DOUBLE PRECISION NOT NULL,
    xy DOUBLE PRECISION NOT NULL,
    measured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (stage, engine)
);

CREATE TABLE turnstile (
    id BIGINT NOT NULL,
    last_place BIGINT NOT NULL,
    PRIMARY KEY (id)
);

ALTER TABLE jobs ADD COLUMN progressed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE jobs ADD COLUMN fruitless BIGINT DEFAULT '0' NOT NULL;

ALTER TABLE jobs ADD COLUMN callback_url TEXT;

ALTER TABLE jobs ADD COLUMN ordered JSON;

ALTER TABLE jobs ADD COLUMN recorded VARCHAR(16);

ALTER TABLE jobs ADD COLUMN copy_state VARCHAR(16);

CREATE TABLE copies (
    key VARCHAR(512) NOT NULL,
    job_id VARCHAR(32) NOT NULL,
    state VARCHAR(16) NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 VARCHAR(64),
    attempts BIGINT NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    error TEXT,
    PRIMARY KEY (key)
);

CREATE INDEX ix_copies_job_id ON copies (job_id);

CREATE INDEX ix_copies_state ON copies (state);

CREATE TABLE deliveries (
    id VARCHAR(32) NOT NULL,
    job_id VARCHAR(32) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    url TEXT NOT NULL,
    body JSON NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts BIGINT NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    history JSON NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (job_id, kind, ended_at)
);

CREATE INDEX ix_deliveries_state ON deliveries (state);

CREATE INDEX ix_deliveries_job_id ON deliveries (job_id);

ALTER TABLE jobs ADD COLUMN waiting_since TIMESTAMP WITH TIME ZONE;

ALTER TABLE jobs ADD COLUMN waits_until TIMESTAMP WITH TIME ZONE;

CREATE TABLE objects (
    key VARCHAR(1024) NOT NULL,
    job_id VARCHAR(32) NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (key)
);

CREATE INDEX ix_objects_job_id ON objects (job_id);
