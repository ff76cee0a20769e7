-- Rows as version 0.1.0 wrote them; both databases take this text.
INSERT INTO alembic_version (version_num) VALUES ('0005');
INSERT INTO turnstile (id, last_place) VALUES (1, 5);
INSERT INTO jobs (id, owner, name, size_bytes, language, stages, status, place, created_at, stage, stage_started_at,
    progress, progressed_at, attempt, fruitless, duration_s, started_at, finished_at, cancel_requested, deleting,
    error, engines, node, lease, lease_until, callback_url, ordered, recorded, copy_state, waiting_since, waits_until)
VALUES
    ('00000000000000000000000000000001', 'anna', 'done.mp4', 1000, 'ru', '["extract", "transcribe", "summarize"]',
     'done', 1, '2026-11-20 10:00:00', NULL, NULL, 0.0, NULL, 1, 1, 61.5, '2026-11-20 10:00:01', '2026-11-20 10:05:00',
     FALSE, FALSE, NULL, '{"extract": "ffmpeg", "transcribe": "an engine", "summarize": "another"}', NULL, NULL, NULL,
     'https://example.org/hook', NULL, NULL, 'copied', NULL, NULL),
    ('00000000000000000000000000000002', 'anna', 'running.mp4', 2000, 'auto', '["extract", "transcribe", "summarize"]',
     'running', 2, '2026-11-20 10:01:00', 'transcribe', '2026-11-20 10:06:00', 0.25, '2026-11-20 10:07:00', 2, 1, 30.0,
     '2026-11-20 10:05:59', NULL, FALSE, FALSE, NULL, '{"extract": "ffmpeg"}', 'a node', 'a lease',
     '2026-11-20 10:08:00', NULL, NULL, NULL, NULL, NULL, NULL),
    ('00000000000000000000000000000003', 'service', 'a.mp3', 80, 'auto', '["fetch", "extract", "clean", "store"]',
     'queued', 4, '2026-11-20 10:02:00', NULL, NULL, 0.0, NULL, 0, 0, NULL, NULL, NULL, FALSE, FALSE,
     '{"message": "The storage does not answer.", "params": {}}', '{}', NULL, NULL, NULL, NULL,
     '{"item_id": "item-1", "file_key": "calls/a.mp3", "do_clean": true}', 'queued', NULL, '2026-11-20 10:03:00',
     '2026-11-20 10:04:00'),
    ('00000000000000000000000000000004', 'boris', 'waits.wav', 4000, 'en', '["extract"]', 'queued', 3,
     '2026-11-20 10:03:00', NULL, NULL, 0.0, NULL, 0, 0, NULL, NULL, NULL, FALSE, FALSE, NULL, '{}', NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL),
    ('00000000000000000000000000000005', 'boris', 'failed.wav', 5000, 'en', '["extract"]', 'failed', 5,
     '2026-11-20 10:04:00', 'extract', '2026-11-20 10:04:01', 0.0, '2026-11-20 10:04:01', 3, 3, NULL,
     '2026-11-20 10:04:00', '2026-11-20 10:04:30', FALSE, FALSE,
     '{"message": "The program stopped %(attempts)s times.", "params": {"attempts": 3}}', '{}', NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL);
INSERT INTO speeds (stage, engine, n, x, y, xx, xy, measured_at)
VALUES ('extract', 'ffmpeg', 2.0, 100.0, 4.0, 6000.0, 250.0, '2026-11-20 10:05:00');
INSERT INTO copies (key, job_id, state, size_bytes, sha256, attempts, next_try_at, error)
VALUES ('uploads/00000000000000000000000000000001/source', '00000000000000000000000000000001', 'copied', 1000, 'abc', 1,
    '2026-11-20 10:05:05', NULL);
INSERT INTO deliveries (id, job_id, kind, url, body, ended_at, state, attempts, next_try_at, history)
VALUES ('0000000000000000000000000000000d', '00000000000000000000000000000001', 'webhook', 'https://example.org/hook',
    '{"event": "job.done"}', '2026-11-20 10:05:00', 'delivered', 1, '2026-11-20 10:05:10',
    '[{"at": "2026-11-20T10:05:01+00:00", "status": 200, "answer": "ok", "ms": 12}]');
INSERT INTO objects (key, job_id, size_bytes, sha256, stored_at)
VALUES ('calls/b_cleaned.mp3', '00000000000000000000000000000009', 70, 'def', '2026-11-20 09:00:00');
