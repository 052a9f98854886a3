-- Version 5: the installer's kit. One section for each part.

-- ---- readings of cabinets

-- How each sensor stands. Written when data come or cease, and else every few minutes with the last value.
CREATE TABLE sensor (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE, -- CABINET.NAME
	first_utc INTEGER NOT NULL, -- it exists since
	fault TEXT NOT NULL, -- '': there are data; else why not: timeout, exception, garbage, gone, refused, busy, invalid, lent, unread
	code INTEGER NOT NULL DEFAULT 0, -- of an exception its number, else errno
	since_utc INTEGER NOT NULL, -- data or none, since
	value REAL, -- the last that was read; NULL: never any
	seen_utc INTEGER -- when
) STRICT;

-- What was read, by minutes, hours and days. In the order of time, so that writing touches one page and not one of each sensor.
CREATE TABLE reading (
	step INTEGER NOT NULL, -- seconds: 60, 3600, 86400 (a day of the time zone)
	utc INTEGER NOT NULL, -- its begin; what stays as it is for some minutes is one row
	sensor INTEGER NOT NULL REFERENCES sensor,
	count INTEGER NOT NULL, -- readings
	low REAL, -- NULL: no data
	mean REAL,
	high REAL,
	data_s INTEGER NOT NULL, -- so long there were data
	dark_s INTEGER NOT NULL, -- so long it was asked in vain
	PRIMARY KEY (step, utc, sensor)
) STRICT, WITHOUT ROWID;

-- ---- alarms of sensors
-- Numbered: C3 in texts. What people read of it is kept as it was when it began (store/sensor_alarm.h).
CREATE TABLE sensor_alarm (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,                 -- a number is never given twice
    kind         TEXT NOT NULL CHECK (kind IN ('high', 'low', 'state', 'fault', 'silent')),
    severity     INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2), -- notice, warning, urgent
    subject      TEXT NOT NULL,                                     -- CABINET.NAME; of silence CABINET
    place        TEXT NOT NULL DEFAULT '',
    grid         TEXT NOT NULL DEFAULT '',
    label_zh     TEXT NOT NULL DEFAULT '',
    label_en     TEXT NOT NULL DEFAULT '',
    shown_zh     TEXT NOT NULL DEFAULT '',
    shown_en     TEXT NOT NULL DEFAULT '',
    bound        TEXT NOT NULL DEFAULT '',
    detail       TEXT NOT NULL DEFAULT '',
    value        REAL,
    bound_value  REAL,
    since_utc    INTEGER NOT NULL,
    begun_utc    INTEGER NOT NULL,
    ended_utc    INTEGER,
    flaps        INTEGER NOT NULL DEFAULT 0,
    rung         INTEGER NOT NULL DEFAULT 0,                        -- of civic/sensor_ladder.h
    rung_utc     INTEGER NOT NULL,
    waiting      INTEGER NOT NULL DEFAULT 1,                        -- the ladder is climbed further
    acked_utc    INTEGER,
    acked_person INTEGER REFERENCES person (id) ON DELETE SET NULL,
    acked_number TEXT NOT NULL DEFAULT '',
    acked_name   TEXT NOT NULL DEFAULT '',
    matter       INTEGER REFERENCES matter (number)
) STRICT;
CREATE INDEX sensor_alarm_standing ON sensor_alarm (number) WHERE ended_utc IS NULL;
CREATE INDEX sensor_alarm_waiting ON sensor_alarm (number) WHERE waiting = 1;
CREATE INDEX sensor_alarm_begun ON sensor_alarm (begun_utc);
CREATE INDEX sensor_alarm_matter ON sensor_alarm (matter) WHERE matter IS NOT NULL;
CREATE INDEX sensor_alarm_person ON sensor_alarm (acked_person) WHERE acked_person IS NOT NULL;
CREATE TABLE sensor_alarm_told (                                    -- who heard of it
    alarm  INTEGER NOT NULL REFERENCES sensor_alarm (number) ON DELETE CASCADE,
    number TEXT NOT NULL,
    person INTEGER REFERENCES person (id) ON DELETE SET NULL,
    utc    INTEGER NOT NULL,
    PRIMARY KEY (alarm, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX sensor_alarm_told_number ON sensor_alarm_told (number, alarm);
CREATE INDEX sensor_alarm_told_person ON sensor_alarm_told (person) WHERE person IS NOT NULL;
CREATE TABLE sensor_ring (                                          -- phones that are rung, once each row
    id     INTEGER PRIMARY KEY,
    alarm  INTEGER NOT NULL REFERENCES sensor_alarm (number) ON DELETE CASCADE,
    number TEXT NOT NULL,
    state  TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'ringing', 'done', 'dropped')),
    utc    INTEGER NOT NULL,
    modem  TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sensor_ring_queued ON sensor_ring (id) WHERE state = 'queued';
CREATE INDEX sensor_ring_alarm ON sensor_ring (alarm, number);
INSERT INTO meta SELECT 'sensors', CAST(coalesce(max(id), 0) AS TEXT) FROM event;

-- What an operator says besides the credit: words of rules/operator.patterns, separated by blanks.
ALTER TABLE balance ADD COLUMN notice TEXT NOT NULL DEFAULT '';

-- ---- polls
-- A poll that is put to many waits for a second person, as its publication does: a broadcast without texts of its own.
ALTER TABLE poll ADD COLUMN broadcast INTEGER REFERENCES broadcast (id); -- NULL: nobody has to approve it
CREATE INDEX poll_broadcast ON poll (broadcast) WHERE broadcast IS NOT NULL;
-- Counted once, when it ends: a list of polls does not count the voters of each.
ALTER TABLE poll ADD COLUMN phones INTEGER;                         -- that could vote; NULL: it goes on
ALTER TABLE poll ADD COLUMN voted INTEGER;                          -- units that have voted
UPDATE poll SET phones = (SELECT count(*) FROM poll_voter v WHERE v.poll = poll.id),
    voted = (SELECT count(*) FROM poll_voter v WHERE v.poll = poll.id AND v.voted_utc IS NOT NULL)
    WHERE ended_utc IS NOT NULL;

-- ---- counts
-- What is open and late, and how much is open, is counted in the index alone.
DROP INDEX matter_due;
CREATE INDEX matter_due ON matter (due_utc, origin, kind, private, state, grid, category)
    WHERE state IN ('received', 'verified', 'assigned', 'in_progress');
DROP INDEX matter_hands;
CREATE INDEX matter_hands ON matter (assignee, number, due_utc, private, origin, kind)
    WHERE state IN ('received', 'verified', 'assigned', 'in_progress');

-- ---- modems: what was probed, certificates

-- An acceptance test of one line. body: {"site", "port", "model", "firmware", "steps": [{"step", "verdict", "finding", "figures"}, …]};
-- words are put to it when it is shown. Numbers of people stand in it shortened.
CREATE TABLE certificate (
	id INTEGER PRIMARY KEY,
	utc INTEGER NOT NULL,
	seconds INTEGER NOT NULL,
	line TEXT NOT NULL,
	imei TEXT NOT NULL,
	iccid TEXT NOT NULL,
	verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'warn', 'fail')),
	actor TEXT NOT NULL,
	body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- ---- staying up: health, backups, metrics
-- Copies of the database that the box made, or failed to make; the newest only (store/backup.h).
CREATE TABLE backup (
    id        INTEGER PRIMARY KEY,
    begun_utc INTEGER NOT NULL,
    ended_utc INTEGER NOT NULL,
    result    TEXT NOT NULL CHECK (result IN ('ok', 'absent', 'no-room', 'unsound', 'failed')),
    file      TEXT NOT NULL DEFAULT '',
    bytes     INTEGER NOT NULL DEFAULT 0,
    private   INTEGER NOT NULL DEFAULT 0,                           -- the daemon-only words were copied, too
    detail    TEXT NOT NULL DEFAULT ''
) STRICT;
-- What happened to the box that no alarm tells: for the next text to the installers (store/box_note.h).
CREATE TABLE box_note (
    id       INTEGER PRIMARY KEY,
    utc      INTEGER NOT NULL,
    kind     TEXT NOT NULL,                                         -- key of rules/replies.*: health.note.KIND
    line     TEXT NOT NULL DEFAULT '',
    detail   TEXT NOT NULL DEFAULT '',
    told_utc INTEGER
) STRICT;
CREATE INDEX box_note_untold ON box_note (id) WHERE told_utc IS NULL;
-- Who stood in each line when it was last ready: a change of it is news.
CREATE TABLE line_identity (
    line     TEXT PRIMARY KEY,
    imei     TEXT NOT NULL,
    iccid    TEXT NOT NULL,
    firmware TEXT NOT NULL
) STRICT, WITHOUT ROWID;
