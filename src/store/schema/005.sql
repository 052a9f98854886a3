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
