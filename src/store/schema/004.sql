-- Version 4: the secretary's desk. One section for each part.

-- ---- audiences and broadcasts
-- Groups by name that the secretary keeps: the choir, who has an electric bicycle.
CREATE TABLE person_group (
    name      TEXT NOT NULL,
    person    INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    since_utc INTEGER NOT NULL,
    PRIMARY KEY (name, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_group_person ON person_group (person);
ALTER TABLE broadcast ADD COLUMN segments_total INTEGER;            -- of all, where recipients' texts differ; NULL: recipients * segments
CREATE INDEX broadcast_urgent ON broadcast (id) WHERE override_quiet = 1 AND state = 'queued';
-- Broadcasts that recur.
CREATE TABLE reminder (
    id          INTEGER PRIMARY KEY,
    audience    TEXT NOT NULL,
    text        TEXT NOT NULL,                                      -- with marks of recipients
    rrule       TEXT NOT NULL,                                      -- RFC 5545
    start_local TEXT NOT NULL,
    exdates     TEXT NOT NULL DEFAULT '',
    valid_s     INTEGER NOT NULL,                                   -- so long after its time it may still go out
    last_utc    INTEGER NOT NULL DEFAULT 0,                         -- the last date that was dealt with
    broadcast   INTEGER REFERENCES broadcast (id),                  -- what it was queued as then
    created_by  TEXT NOT NULL,
    created_utc INTEGER NOT NULL,
    ended_utc   INTEGER
) STRICT;
CREATE INDEX reminder_live ON reminder (id) WHERE ended_utc IS NULL;
-- Texts that are sent again and again, with marks (civic/marks.h).
CREATE TABLE saved_text (
    name        TEXT PRIMARY KEY,
    text        TEXT NOT NULL,
    audience    TEXT NOT NULL DEFAULT '',                           -- '': said each time
    changed_by  TEXT NOT NULL,
    changed_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- people, consent, retention

-- ---- reports and the weekly page
CREATE INDEX matter_opened ON matter (opened_utc);
CREATE INDEX matter_settled ON matter (resolved_utc) WHERE resolved_utc IS NOT NULL;

-- ---- hooks
CREATE TABLE hook (                                                 -- the programs of [hooks], and how far each has come
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    program  TEXT NOT NULL,
    since_utc INTEGER NOT NULL,                                     -- it was first configured then
    cursor   INTEGER NOT NULL,                                      -- the events up to it are settled
    event    INTEGER,                                               -- begun, and not known to be done
    tries    INTEGER NOT NULL DEFAULT 0,                            -- of that event
    next_utc INTEGER,                                               -- when it is tried again; NULL: it runs, or nothing waits
    reason   TEXT NOT NULL DEFAULT '',                              -- why the last try was not enough
    done     INTEGER NOT NULL DEFAULT 0,                            -- events, ever
    UNIQUE (kind, program)
) STRICT;

CREATE TABLE hook_failure (                                         -- events that a program failed for good
    hook   INTEGER NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
    event  INTEGER NOT NULL,
    utc    INTEGER NOT NULL,
    tries  INTEGER NOT NULL,
    reason TEXT NOT NULL,
    again  INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),      -- a person asked for another round
    PRIMARY KEY (hook, event)
) STRICT, WITHOUT ROWID;

-- ---- scale
