-- Version 3: the whole loop by text. One section for each part; tables that are only appended to have a trigger that says so.

-- ---- cases
ALTER TABLE matter ADD COLUMN level INTEGER NOT NULL DEFAULT 1;          -- 1 grid, 2 community, 3 street: who has to settle it
ALTER TABLE matter ADD COLUMN route_step INTEGER NOT NULL DEFAULT 0;     -- so many of its route's targets have had it
ALTER TABLE matter ADD COLUMN handed_to TEXT NOT NULL DEFAULT '';        -- outside the registry: 12345, a company …
ALTER TABLE matter ADD COLUMN handed_ref TEXT NOT NULL DEFAULT '';       -- … and the number that it has there
ALTER TABLE matter ADD COLUMN first_human_utc INTEGER;                   -- the first step by a person who is to settle it
ALTER TABLE matter ADD COLUMN extended INTEGER NOT NULL DEFAULT 0;       -- days by which staff moved the deadline
ALTER TABLE matter ADD COLUMN late INTEGER NOT NULL DEFAULT 0;           -- 1: the assignee was reminded, 2: the level above was told
UPDATE matter SET late = 2 WHERE EXISTS                                  -- an upgrade wakes nobody for what was noted before
    (SELECT 1 FROM journal j WHERE j.matter = matter.number AND j.entry = 'overdue' AND j.utc >= matter.due_utc);
CREATE INDEX matter_assignee ON matter (assignee, number) WHERE assignee IS NOT NULL;
CREATE INDEX matter_late ON matter (due_utc) WHERE late < 2 AND state IN ('received', 'verified', 'assigned', 'in_progress');
-- A command of staff that is wide or final waits for the code that was texted to the very number it came from.
CREATE TABLE command (
    id          INTEGER PRIMARY KEY,
    number      TEXT NOT NULL,
    code        TEXT NOT NULL,                                      -- six digits
    intent      TEXT NOT NULL,                                      -- JSON: what was understood
    message     INTEGER REFERENCES message_out (id) ON DELETE SET NULL, -- the text that told the code
    asked_utc   INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL,
    wrong       INTEGER NOT NULL DEFAULT 0,                         -- wrong codes since
    done_utc    INTEGER,
    UNIQUE (number, code)
) STRICT;
-- ---- calls for help, duty, check-ins
CREATE TABLE duty (                                                 -- who is on duty; the next positions are the deputies
    id          INTEGER PRIMARY KEY,
    grid        TEXT NOT NULL REFERENCES grid (code),
    person      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,                                   -- 1 is called first
    days        INTEGER NOT NULL DEFAULT 127,                       -- bit 0 Sunday … bit 6 Saturday, on which it begins
    from_minute INTEGER NOT NULL DEFAULT 0,
    to_minute   INTEGER NOT NULL DEFAULT 1440                       -- before from_minute: of the next day
) STRICT;
CREATE INDEX duty_grid ON duty (grid, position);
CREATE INDEX duty_person ON duty (person);
CREATE TABLE duty_absence (
    id        INTEGER PRIMARY KEY,
    person    INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    from_utc  INTEGER NOT NULL,
    until_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX duty_absence_person ON duty_absence (person, until_utc);
CREATE TABLE duty_call (                                            -- a call for help on its way up the ladder (civic/duty.h)
    matter       INTEGER PRIMARY KEY REFERENCES matter (number),
    caller       TEXT NOT NULL DEFAULT '',                          -- hears that somebody comes
    called_utc   INTEGER NOT NULL,
    rung         INTEGER NOT NULL DEFAULT 0,                        -- the last that was climbed, and when
    rung_utc     INTEGER NOT NULL,
    waiting      INTEGER NOT NULL DEFAULT 1,                        -- 0: taken, withdrawn, or settled otherwise
    acked_utc    INTEGER,                                           -- the first time that somebody took it
    seconds      INTEGER,                                           -- until then
    acked_person INTEGER REFERENCES person (id),                    -- who has it now
    acked_number TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX duty_call_waiting ON duty_call (matter) WHERE waiting = 1;
CREATE TABLE duty_told (                                            -- who heard of it
    matter  INTEGER NOT NULL REFERENCES duty_call (matter),
    number  TEXT NOT NULL,
    person  INTEGER REFERENCES person (id),
    rung    INTEGER NOT NULL,
    utc     INTEGER NOT NULL,
    PRIMARY KEY (matter, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_told_number ON duty_told (number, matter);
CREATE TABLE checkin (                                              -- "are you well?" to who lives alone
    id            INTEGER PRIMARY KEY,
    person        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    buddy         INTEGER REFERENCES person (id) ON DELETE SET NULL,
    at_minute     INTEGER NOT NULL,
    days          INTEGER NOT NULL DEFAULT 127,                     -- as in duty
    grace_minutes INTEGER NOT NULL,
    paused_until_utc INTEGER,
    created_utc   INTEGER NOT NULL,
    ended_utc     INTEGER
) STRICT;
CREATE UNIQUE INDEX checkin_person ON checkin (person) WHERE ended_utc IS NULL;
CREATE INDEX checkin_buddy ON checkin (buddy);
CREATE TABLE checkin_round (                                        -- one day of a plan
    id           INTEGER PRIMARY KEY,
    checkin      INTEGER NOT NULL REFERENCES checkin (id),
    day          TEXT NOT NULL,                                     -- local date
    state        TEXT NOT NULL CHECK (state IN ('asked', 'buddy', 'called', 'well', 'help', 'skipped')),
    asked_utc    INTEGER NOT NULL,
    message      INTEGER REFERENCES message_out (id) ON DELETE SET NULL, -- the question
    until_utc    INTEGER,                                           -- silence until then is the next step; NULL: none follows
    answered_utc INTEGER,
    answered_by  TEXT NOT NULL DEFAULT '',                          -- person, buddy, worker
    matter       INTEGER REFERENCES matter (number),
    UNIQUE (checkin, day)
) STRICT;
CREATE INDEX checkin_round_open ON checkin_round (until_utc) WHERE until_utc IS NOT NULL;
CREATE INDEX checkin_round_matter ON checkin_round (matter) WHERE matter IS NOT NULL;
ALTER TABLE person ADD COLUMN verify INTEGER NOT NULL DEFAULT 0;    -- may be asked "is it so at your place, too?"
CREATE INDEX person_verify ON person (household) WHERE verify = 1;
CREATE TABLE witness (                                              -- who is asked about a case of the building
    matter      INTEGER NOT NULL REFERENCES matter (number),
    number      TEXT NOT NULL,
    person      INTEGER REFERENCES person (id),
    chosen_utc  INTEGER NOT NULL,
    until_utc   INTEGER NOT NULL,                                   -- an answer after that is none
    asked_utc   INTEGER,                                            -- NULL: waits for another question of this phone
    answer      TEXT CHECK (answer IN ('yes', 'no')),
    PRIMARY KEY (matter, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX witness_number ON witness (number, chosen_utc);
CREATE INDEX witness_waiting ON witness (until_utc) WHERE asked_utc IS NULL;
INSERT INTO meta SELECT 'verify', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
INSERT INTO meta SELECT 'duty', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
CREATE TABLE proxy (                                                -- who spoke for whom
    matter  INTEGER PRIMARY KEY REFERENCES matter (number),
    sender  TEXT NOT NULL,
    number  TEXT NOT NULL,                                          -- in whose name
    told    INTEGER REFERENCES message_out (id) ON DELETE SET NULL, -- NULL: was not told
    utc     INTEGER NOT NULL
) STRICT;
CREATE INDEX proxy_sender ON proxy (sender, utc);
-- ---- meetings
-- ---- polls
-- ---- offers: tasks, errands, patrols, jobs, activities
-- ---- points, consultations, plain answers
-- ---- scale
