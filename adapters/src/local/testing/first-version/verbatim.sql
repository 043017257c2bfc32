-- Written by the first version (commit 0cb5e82), as "sqlite3 .dump" shows it: what later versions have to be able to open.
BEGIN TRANSACTION;
CREATE TABLE counters (
    key       TEXT PRIMARY KEY,
    count     INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO "counters" VALUES('rate:user:ana',1,1795276124230);
CREATE TABLE dead_letters (
    message_id TEXT PRIMARY KEY,
    queue      TEXT NOT NULL,
    body       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE TABLE doomed_files (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
    job_id         TEXT PRIMARY KEY,
    body           TEXT NOT NULL,
    user_id        TEXT    GENERATED ALWAYS AS (body ->> '$.userId') VIRTUAL,
    created_at     INTEGER GENERATED ALWAYS AS (body ->> '$.createdAt') VIRTUAL,
    status         TEXT    GENERATED ALWAYS AS (body ->> '$.status') VIRTUAL,
    erase_at       INTEGER GENERATED ALWAYS AS (body ->> '$.erase.at') VIRTUAL,
    due_at         INTEGER GENERATED ALWAYS AS (body ->> '$.dueAt') VIRTUAL,
    dead_letter_at INTEGER GENERATED ALWAYS AS (body ->> '$.deadLetter.at') VIRTUAL
  ) STRICT;
INSERT INTO "jobs" VALUES('job_01a1fdfa49e87f7d8d63a61c35fded5b','{"userId":"ana","fileName":"recording 1.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":"ana@example.com","jobId":"job_01a1fdfa49e87f7d8d63a61c35fded5b","audioKey":"ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/audio.ogg","status":"COMPLETED","run":1,"fence":1,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262401000,"uploadEndsAt":1795263301000,"startedAt":1795262403000,"finishedAt":1795262404000,"dueAt":null,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":2,"lease":null,"chunks":{},"detectedLanguage":null,"phase":"done","audioSecondsDone":2,"result":{"version":"r1-1","transcriptKey":"ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/r1-1/transcript.json","language":"en","confidence":0.9,"model":"demo","warnings":["demo_model"],"measures":{"processingSeconds":1,"engineCpuSeconds":0.5,"silenceShare":0}},"errorCode":null,"deadLetter":null,"owes":[],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa59887bea85e9483ccd636f49','{"userId":"ben","fileName":"recording 2.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa59887bea85e9483ccd636f49","audioKey":"ben/job_01a1fdfa59887bea85e9483ccd636f49/audio.ogg","status":"FAILED","run":1,"fence":1,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262405000,"uploadEndsAt":1795263305000,"startedAt":1795262407000,"finishedAt":1795262408000,"dueAt":1795262468000,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":null,"lease":null,"chunks":{},"detectedLanguage":null,"phase":"done","audioSecondsDone":0,"result":null,"errorCode":"engine.refused","deadLetter":{"reason":"engine.refused","at":1795262408000},"owes":["announce","signal-dead-letter"],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa6928759bac18e2be162fbb5b','{"userId":"ana","fileName":"recording 3.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa6928759bac18e2be162fbb5b","audioKey":"ana/job_01a1fdfa6928759bac18e2be162fbb5b/audio.ogg","status":"QUEUED","run":1,"fence":0,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262409000,"uploadEndsAt":1795263309000,"startedAt":null,"finishedAt":null,"dueAt":1795262530000,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":null,"lease":null,"chunks":{},"detectedLanguage":null,"phase":"waiting","audioSecondsDone":0,"result":null,"errorCode":null,"deadLetter":null,"owes":[],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa70f87437813b319265521c77','{"userId":"ben","fileName":"recording 4.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa70f87437813b319265521c77","audioKey":"ben/job_01a1fdfa70f87437813b319265521c77/audio.ogg","status":"PROCESSING","run":1,"fence":1,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262411000,"uploadEndsAt":1795263311000,"startedAt":1795262413000,"finishedAt":null,"dueAt":1795262448000,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":null,"lease":{"worker":"w1","messageId":"m1","until":1795262443000},"chunks":{},"detectedLanguage":null,"phase":"reading","audioSecondsDone":0,"result":null,"errorCode":null,"deadLetter":null,"owes":[],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa7cb07097905a7339255e1a62','{"userId":"ana","fileName":"recording 5.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa7cb07097905a7339255e1a62","audioKey":"ana/job_01a1fdfa7cb07097905a7339255e1a62/audio.ogg","status":"PROCESSING","run":1,"fence":1,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262414000,"uploadEndsAt":1795263314000,"startedAt":1795262416000,"finishedAt":null,"dueAt":1795262537000,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":900,"lease":null,"chunks":{"0":{"startSeconds":0,"durationSeconds":600,"channel":null,"state":"waiting","fence":0,"failures":0,"interruptions":0,"lease":null,"retryAt":null,"audioSecondsDone":0},"1":{"startSeconds":600,"durationSeconds":300,"channel":null,"state":"waiting","fence":0,"failures":0,"interruptions":0,"lease":null,"retryAt":null,"audioSecondsDone":0}},"detectedLanguage":{"code":"en","probability":0.9},"phase":"transcribing","audioSecondsDone":0,"result":null,"errorCode":null,"deadLetter":null,"owes":["tidy"],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa8c507014abb9e6cb77994f86','{"userId":"ben","fileName":"recording 6.ogg","contentType":"audio/ogg","sizeBytes":2000,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa8c507014abb9e6cb77994f86","audioKey":"ben/job_01a1fdfa8c507014abb9e6cb77994f86/audio.ogg","status":"PENDING_UPLOAD","run":1,"fence":0,"failures":0,"interruptions":0,"sends":0,"createdAt":1795262418000,"uploadEndsAt":1795263318000,"startedAt":null,"finishedAt":null,"dueAt":1795262478000,"audioEtag":null,"durationSeconds":null,"lease":null,"chunks":{},"detectedLanguage":null,"phase":"waiting","audioSecondsDone":0,"result":null,"errorCode":null,"deadLetter":null,"owes":[],"deliveries":{},"erase":null}');
INSERT INTO "jobs" VALUES('job_01a1fdfa90387ba7b1868384d37f33b8','{"userId":"ana","fileName":"recording 7.ogg","contentType":"audio/ogg","sizeBytes":200,"options":{"language":null,"task":"transcribe","quality":"balanced","prompt":null,"keywords":[],"channels":"mixed"},"notifyTo":null,"jobId":"job_01a1fdfa90387ba7b1868384d37f33b8","audioKey":"ana/job_01a1fdfa90387ba7b1868384d37f33b8/audio.ogg","status":"CANCELED","run":1,"fence":0,"failures":0,"interruptions":0,"sends":1,"createdAt":1795262419000,"uploadEndsAt":1795263319000,"startedAt":null,"finishedAt":1795262421000,"dueAt":null,"audioEtag":"83ed56670125a357640623904bc0c1a1","durationSeconds":null,"lease":null,"chunks":{},"detectedLanguage":null,"phase":"done","audioSecondsDone":0,"result":null,"errorCode":null,"deadLetter":null,"owes":[],"deliveries":{},"erase":null}');
CREATE TABLE message_groups (
    queue       TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    last_served INTEGER NOT NULL,
    PRIMARY KEY (queue, group_id)
  ) STRICT, WITHOUT ROWID;
INSERT INTO "message_groups" VALUES('transcription','ana',1);
CREATE TABLE messages (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    queue      TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    body       TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    receives   INTEGER NOT NULL DEFAULT 0,
    holder     TEXT
  ) STRICT;
INSERT INTO "messages" VALUES(1,'af8035b1-1597-4115-a86b-b41645f5470f','transcription','ana','{"kind":"job","jobId":"job_01a1fdfa6928759bac18e2be162fbb5b","run":1}',1795272524005,0,NULL);
CREATE TABLE objects (
    bucket       TEXT NOT NULL,
    key          TEXT NOT NULL,
    path         TEXT NOT NULL UNIQUE,
    size_bytes   INTEGER NOT NULL,
    etag         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
INSERT INTO "objects" VALUES('audio','ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/audio.ogg','audio/ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/audio.ogg~ecee8709-d3d2-4a94-a4cc-70ac08578017',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('audio','ana/job_01a1fdfa6928759bac18e2be162fbb5b/audio.ogg','audio/ana/job_01a1fdfa6928759bac18e2be162fbb5b/audio.ogg~efae6264-00ac-46da-b00c-f92720aaf066',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('audio','ana/job_01a1fdfa7cb07097905a7339255e1a62/audio.ogg','audio/ana/job_01a1fdfa7cb07097905a7339255e1a62/audio.ogg~cbb01677-910a-42e6-a462-e8377d95213f',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('audio','ana/job_01a1fdfa90387ba7b1868384d37f33b8/audio.ogg','audio/ana/job_01a1fdfa90387ba7b1868384d37f33b8/audio.ogg~f998b486-8557-4b3c-bf42-20b1f98721dc',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('audio','ben/job_01a1fdfa59887bea85e9483ccd636f49/audio.ogg','audio/ben/job_01a1fdfa59887bea85e9483ccd636f49/audio.ogg~63b3cbb6-f66d-472d-92c8-d95187ac9175',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('audio','ben/job_01a1fdfa70f87437813b319265521c77/audio.ogg','audio/ben/job_01a1fdfa70f87437813b319265521c77/audio.ogg~ce59655f-1b44-48c8-be17-73409e83a976',200,'83ed56670125a357640623904bc0c1a1','audio/ogg');
INSERT INTO "objects" VALUES('transcripts','ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/r1-1/transcript.json','transcripts/ana/job_01a1fdfa49e87f7d8d63a61c35fded5b/r1-1/transcript.json~17bc5abb-f9d5-4082-9885-af22f2a08b7b',287,'fbd1f989678fca11353fb54bfae77395','application/json');
CREATE TABLE workers (
    worker_id TEXT PRIMARY KEY,
    seen_at   INTEGER NOT NULL,
    body      TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO "workers" VALUES('w1',1795262421000,'{"workerId":"w1","version":"0.1.0","slots":2,"busy":1,"model":"demo","engine":"whisper-server","realTimeFactor":null,"startedAt":1795262421000,"seenAt":1795262421000}');
CREATE INDEX jobs_by_user ON jobs (user_id, created_at, job_id) WHERE erase_at IS NULL;
CREATE INDEX jobs_by_user_and_status ON jobs (user_id, status, created_at, job_id) WHERE erase_at IS NULL;
CREATE INDEX jobs_by_due ON jobs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_by_dead_letter ON jobs (dead_letter_at) WHERE dead_letter_at IS NOT NULL;
CREATE INDEX messages_by_time ON messages (queue, visible_at);
CREATE INDEX messages_by_group ON messages (queue, group_id, visible_at);
CREATE INDEX message_groups_by_turn ON message_groups (queue, last_served);
CREATE INDEX counters_by_end ON counters (resets_at);
COMMIT;
PRAGMA user_version = 1;
