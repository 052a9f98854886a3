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
-- ---- meetings
-- ---- polls
-- ---- offers: tasks, errands, patrols, jobs, activities
-- ---- points, consultations, plain answers
-- ---- scale
