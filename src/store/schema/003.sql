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
ALTER TABLE matter ADD COLUMN urge_utc INTEGER;                          -- once the assignee was reminded: when the level above is told
ALTER TABLE supporter ADD COLUMN via INTEGER;                            -- the case that was merged into this one and brought it
CREATE INDEX matter_assignee ON matter (assignee, number) WHERE assignee IS NOT NULL;
CREATE INDEX matter_hands ON matter (assignee, number) WHERE state IN ('received', 'verified', 'assigned', 'in_progress');
CREATE INDEX matter_late ON matter (due_utc) WHERE late = 0 AND state IN ('received', 'verified', 'assigned', 'in_progress');
CREATE INDEX matter_urge ON matter (urge_utc) WHERE late = 1 AND state IN ('received', 'verified', 'assigned', 'in_progress');
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
    words        TEXT NOT NULL DEFAULT '',                          -- verbatim, of each call; every rung tells them
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
ALTER TABLE series ADD COLUMN audience TEXT NOT NULL DEFAULT '';         -- roles, separated by blanks; '': everybody of the grid
ALTER TABLE meeting ADD COLUMN audience TEXT NOT NULL DEFAULT '';
ALTER TABLE meeting ADD COLUMN moved_from INTEGER REFERENCES meeting (id); -- it takes the place of that one
ALTER TABLE meeting ADD COLUMN thawed_utc INTEGER;                       -- by the secretary: its agenda is not frozen by itself again
ALTER TABLE meeting ADD COLUMN guests INTEGER NOT NULL DEFAULT 0;        -- who came and left no name
ALTER TABLE meeting ADD COLUMN minutes_utc INTEGER;                      -- the minutes are closed: what was decided stands
ALTER TABLE meeting ADD COLUMN tell TEXT NOT NULL DEFAULT 'raisers' CHECK (tell IN ('raisers', 'all'));
ALTER TABLE meeting ADD COLUMN told_to TEXT NOT NULL DEFAULT '';         -- the last number that heard the results, in their order
ALTER TABLE meeting ADD COLUMN told_utc INTEGER;                         -- everybody has heard
CREATE INDEX meeting_untold ON meeting (id) WHERE minutes_utc IS NOT NULL AND told_utc IS NULL;
CREATE INDEX meeting_series ON meeting (series, starts_utc);
ALTER TABLE agenda_item ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;     -- the secretary: not the same as those alike
ALTER TABLE agenda_item ADD COLUMN person INTEGER REFERENCES person (id); -- who sees to it …
ALTER TABLE agenda_item ADD COLUMN who TEXT NOT NULL DEFAULT '';         -- … as he was called then
ALTER TABLE agenda_item ADD COLUMN until_utc INTEGER;
ALTER TABLE agenda_item ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE agenda_item ADD COLUMN poll INTEGER;
ALTER TABLE agenda_item ADD COLUMN decided_utc INTEGER;
ALTER TABLE agenda_item ADD COLUMN before TEXT NOT NULL DEFAULT '';      -- JSON: the case as it was, for a decision that is corrected
DROP INDEX agenda_item_decided;
CREATE INDEX agenda_item_matter ON agenda_item (matter, decision);
CREATE INDEX agenda_item_adopted ON agenda_item (meeting) WHERE decision = 'adopted';
CREATE INDEX matter_brought ON matter (number) WHERE deliberate = 2;
CREATE INDEX matter_deliberate ON matter (grid, number)
    WHERE deliberate = 1 AND private = 0 AND state IN ('received', 'verified', 'assigned', 'in_progress');
INSERT INTO meta SELECT 'meeting_news', coalesce((SELECT value FROM meta WHERE key = 'news'),
    (SELECT CAST(coalesce(max(id), 0) AS TEXT) FROM event));
-- ---- polls
CREATE TABLE poll (
    id             INTEGER PRIMARY KEY,
    question       TEXT NOT NULL,
    audience       TEXT NOT NULL,                                   -- as broadcasts take it
    state          TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'open', 'closed', 'cancelled')),
    household      INTEGER NOT NULL DEFAULT 0,                      -- 1: one household one vote
    secret         INTEGER NOT NULL DEFAULT 0,                      -- 1: what was chosen lies in the private file until the close
    quorum         INTEGER NOT NULL DEFAULT 0,
    quorum_percent INTEGER NOT NULL DEFAULT 0,
    opens_utc      INTEGER NOT NULL,
    closes_utc     INTEGER NOT NULL,
    meeting        INTEGER REFERENCES meeting (id),
    matter         INTEGER REFERENCES matter (number),
    tell           TEXT NOT NULL DEFAULT 'none' CHECK (tell IN ('none', 'voters', 'asked')), -- who else hears the result
    reason         TEXT NOT NULL DEFAULT '',                        -- why it was cancelled
    created_by     TEXT NOT NULL,
    created_utc    INTEGER NOT NULL,
    reminded_utc   INTEGER,
    ended_utc      INTEGER,                                         -- closed and counted, or cancelled
    purged_utc     INTEGER,                                         -- its ballots have left the private file
    told_utc       INTEGER,                                         -- everybody who hears of the end has
    asked          INTEGER                                          -- at the close: phones or households that could vote
) STRICT;
CREATE INDEX poll_live ON poll (closes_utc) WHERE state IN ('planned', 'open');
CREATE INDEX poll_untold ON poll (id) WHERE ended_utc IS NOT NULL AND told_utc IS NULL;
CREATE INDEX poll_unpurged ON poll (id) WHERE secret = 1 AND ended_utc IS NOT NULL AND purged_utc IS NULL;
CREATE INDEX poll_matter ON poll (matter) WHERE matter IS NOT NULL;
CREATE TABLE poll_option (
    poll     INTEGER NOT NULL REFERENCES poll (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 8),
    text     TEXT NOT NULL,
    votes    INTEGER,                                               -- counted at the close, once
    PRIMARY KEY (poll, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE poll_voter (                                           -- fixed when it opens
    poll      INTEGER NOT NULL REFERENCES poll (id),
    number    TEXT NOT NULL,
    person    INTEGER REFERENCES person (id),
    unit      TEXT NOT NULL,                                        -- has one vote: 'h12' a household, else the number
    may_ask   INTEGER NOT NULL,                                     -- 0: wants no broadcasts; may vote all the same
    asked_utc INTEGER,
    told_utc  INTEGER,                                              -- heard how it ended
    voted_utc INTEGER,                                              -- at most one row of a unit: the vote that counts
    message   INTEGER REFERENCES message_in (id),                   -- by this text
    option    INTEGER,                                              -- NULL: secret
    PRIMARY KEY (poll, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_voter_number ON poll_voter (number, poll);
CREATE INDEX poll_voter_person ON poll_voter (person, poll);
CREATE INDEX poll_voter_message ON poll_voter (message) WHERE message IS NOT NULL;
CREATE INDEX poll_voter_unit ON poll_voter (poll, unit);
CREATE INDEX poll_voter_unasked ON poll_voter (poll, number) WHERE asked_utc IS NULL AND may_ask = 1;
CREATE INDEX poll_voter_untold ON poll_voter (poll, number) WHERE told_utc IS NULL;
-- ---- conversation
-- Questions beside the open one: set aside by a shorter one that came on top of it (comes back when that is answered), or
-- expired without an answer (the last one of a phone: a late answer is understood).
CREATE TABLE question_aside (
    number      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     INTEGER NOT NULL DEFAULT 0,
    detail      TEXT NOT NULL DEFAULT '',
    asked_utc   INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL,
    expired     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_aside_expires ON question_aside (expires_utc);
CREATE INDEX question_subject ON question (kind, subject);
CREATE INDEX question_aside_subject ON question_aside (kind, subject);
ALTER TABLE phone ADD COLUMN resent_utc INTEGER;                    -- when its last text was sent once more, on request
INSERT INTO meta SELECT 'questions', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
-- ---- offers: tasks, errands, patrols, jobs, activities
-- An offer has a number of the common sequence: its row in `matter` has the kind 'task' and is closed from the start, since its life is here.
CREATE TABLE offer (
    number        INTEGER PRIMARY KEY REFERENCES matter (number),
    flavour       TEXT NOT NULL CHECK (flavour IN ('task', 'errand', 'patrol', 'job', 'activity')),
    state         TEXT NOT NULL CHECK (state IN ('draft', 'open', 'done', 'cancelled')), -- draft: waits for the secretary
    wanted        INTEGER NOT NULL DEFAULT 1,                       -- people; 0: no limit
    points        INTEGER NOT NULL DEFAULT 0,
    starts_utc    INTEGER, ends_utc INTEGER,                        -- NULL: at any time
    roster        INTEGER REFERENCES roster (id),                   -- of which it is one date
    announce      INTEGER NOT NULL DEFAULT 1,                       -- is published to the audience of its flavour
    published_utc INTEGER,                                          -- NULL: still to be published, when it is open
    broadcast     INTEGER REFERENCES broadcast (id),                -- by which it was published last
    rounds        INTEGER NOT NULL DEFAULT 0,                       -- how often it was
    asked_utc     INTEGER,                                          -- the asker was asked whether it is settled
    reminded      INTEGER NOT NULL DEFAULT 0,                       -- reminders that went out
    missed_utc    INTEGER,                                          -- who has not checked in was looked for
    unclaimed_utc INTEGER,                                          -- somebody was told that nobody takes it
    created_utc   INTEGER NOT NULL,
    changed_utc   INTEGER NOT NULL
) STRICT;
CREATE INDEX offer_open ON offer (flavour, number) WHERE state = 'open';
CREATE INDEX offer_roster ON offer (roster, starts_utc) WHERE roster IS NOT NULL;

-- Who has a place or waits for one. `position` is the order of the claims in the whole box.
CREATE TABLE claim (
    offer       INTEGER NOT NULL REFERENCES offer (number),
    number      TEXT NOT NULL,                                      -- one phone, one claim
    person      INTEGER REFERENCES person (id),
    people      INTEGER NOT NULL DEFAULT 1,                         -- with companions
    state       TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'taken', 'there', 'done', 'confirmed', 'back', 'missed')),
    position    INTEGER NOT NULL,
    message     INTEGER REFERENCES message_in (id),
    changed_utc INTEGER NOT NULL,
    changed_by  TEXT NOT NULL,                                      -- the actor of the last change
    PRIMARY KEY (offer, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_order ON claim (offer, state, position, people);
CREATE INDEX claim_position ON claim (position);
CREATE INDEX claim_number ON claim (number, offer);

-- What recurs: patrols with the people whose turn it is, activities of a fixed date.
CREATE TABLE roster (
    id          INTEGER PRIMARY KEY,
    flavour     TEXT NOT NULL CHECK (flavour IN ('patrol', 'activity', 'task')),
    grid        TEXT NOT NULL REFERENCES grid (code),
    text        TEXT NOT NULL,
    place       TEXT NOT NULL DEFAULT '',
    rrule       TEXT NOT NULL,                                      -- RFC 5545
    start_local TEXT NOT NULL,
    exdates     TEXT NOT NULL DEFAULT '',
    minutes     INTEGER NOT NULL DEFAULT 60,
    wanted      INTEGER NOT NULL DEFAULT 1,
    points      INTEGER NOT NULL DEFAULT 0,
    organiser   TEXT NOT NULL DEFAULT '',                           -- phone; '': the secretaries
    turns       INTEGER NOT NULL DEFAULT 0,                         -- dates laid out so far: whose turn is next
    laid_utc    INTEGER NOT NULL DEFAULT 0,                         -- start of the last date that was laid out
    created_utc INTEGER NOT NULL,
    ended_utc   INTEGER
) STRICT;
CREATE TABLE roster_person (
    roster   INTEGER NOT NULL REFERENCES roster (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number   TEXT NOT NULL,
    person   INTEGER REFERENCES person (id),
    PRIMARY KEY (roster, position),
    UNIQUE (roster, number)
) STRICT, WITHOUT ROWID;

-- Phones that asked for the news of a board.
CREATE TABLE subscription (
    number    TEXT NOT NULL,
    topic     TEXT NOT NULL CHECK (topic IN ('jobs')),
    since_utc INTEGER NOT NULL,
    PRIMARY KEY (topic, number)
) STRICT, WITHOUT ROWID;
INSERT INTO meta SELECT 'offers', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
-- ---- points, consultations, plain answers
ALTER TABLE person ADD COLUMN expertise TEXT NOT NULL DEFAULT '';         -- of an expert: law health; '': by name, else anything

-- What people earned and spent. Only ever appended to: what was wrong is taken back by a counter-row. The one change that is
-- let through empties the words of somebody who asked to be forgotten.
CREATE TABLE point (
    id       INTEGER PRIMARY KEY,
    person   INTEGER NOT NULL REFERENCES person (id),
    utc      INTEGER NOT NULL,
    delta    INTEGER NOT NULL CHECK (delta <> 0),
    reason   TEXT NOT NULL,                                         -- civic/points.h: attended, task, award, redeem …
    subject  INTEGER,                                               -- meeting, case or task; NULL: none
    turn     INTEGER NOT NULL DEFAULT 0,                            -- one occasion has several rows when it was taken back
    reverses INTEGER REFERENCES point (id),
    note     TEXT NOT NULL DEFAULT '',
    actor    TEXT NOT NULL,
    message  INTEGER REFERENCES message_in (id),
    UNIQUE (person, reason, subject, turn)
) STRICT;
CREATE INDEX point_person ON point (person, utc, delta, reason);
CREATE INDEX point_subject ON point (reason, subject) WHERE subject IS NOT NULL;
CREATE INDEX point_reverses ON point (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX point_utc ON point (utc);
CREATE TRIGGER point_kept BEFORE DELETE ON point BEGIN SELECT raise(ABORT, 'points are only appended to'); END;
CREATE TRIGGER point_stays BEFORE UPDATE ON point WHEN NEW.note <> '' OR NEW.id <> OLD.id OR NEW.person <> OLD.person
    OR NEW.utc <> OLD.utc OR NEW.delta <> OLD.delta OR NEW.reason <> OLD.reason OR NEW.subject IS NOT OLD.subject
    OR NEW.turn <> OLD.turn OR NEW.reverses IS NOT OLD.reverses OR NEW.actor <> OLD.actor OR NEW.message IS NOT OLD.message
    BEGIN SELECT raise(ABORT, 'points are only appended to'); END;

-- Points that are about to be spent at the desk: the code is texted by the daemon and read aloud by who owns them.
CREATE TABLE redemption (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES person (id),
    points      INTEGER NOT NULL,
    note        TEXT NOT NULL DEFAULT '',
    code        TEXT,                                               -- NULL: not texted yet
    asked_utc   INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL,
    wrong       INTEGER NOT NULL DEFAULT 0,
    done_utc    INTEGER,                                            -- spent, void or replaced
    point       INTEGER REFERENCES point (id)                       -- the row that spent them
) STRICT;
CREATE INDEX redemption_open ON redemption (person) WHERE done_utc IS NULL;

-- Questions to a lawyer or a doctor, passed on without numbers. The words stand here alone, for experts and the secretary.
CREATE TABLE consult (
    matter       INTEGER PRIMARY KEY REFERENCES matter (number),
    topic        TEXT NOT NULL CHECK (topic IN ('law', 'health')),
    number       TEXT NOT NULL,                                     -- who asks; '' when forgotten
    person       INTEGER REFERENCES person (id),
    expert       INTEGER REFERENCES person (id),                    -- whom it lies with; NULL: the secretary
    opened_utc   INTEGER NOT NULL,
    due_utc      INTEGER,                                           -- unanswered by then it is passed on
    answered_utc INTEGER,                                           -- the last answer
    closed_utc   INTEGER
) STRICT;
CREATE INDEX consult_open ON consult (number) WHERE closed_utc IS NULL;
CREATE INDEX consult_due ON consult (due_utc) WHERE closed_utc IS NULL AND due_utc IS NOT NULL;
CREATE INDEX consult_idle ON consult (answered_utc) WHERE closed_utc IS NULL AND due_utc IS NULL;
CREATE INDEX consult_of_expert ON consult (expert) WHERE closed_utc IS NULL;
CREATE TABLE consult_expert (                                       -- who was asked; a late answer counts, too
    matter INTEGER NOT NULL REFERENCES consult (matter),
    person INTEGER NOT NULL REFERENCES person (id),
    utc    INTEGER NOT NULL,
    told_utc INTEGER,                                               -- the text to them is queued; NULL: not yet
    PRIMARY KEY (matter, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX consult_expert_waiting ON consult_expert (matter) WHERE told_utc IS NULL;
CREATE TABLE consult_line (
    id       INTEGER PRIMARY KEY,
    matter   INTEGER NOT NULL REFERENCES consult (matter),
    utc      INTEGER NOT NULL,
    side     TEXT NOT NULL CHECK (side IN ('ask', 'answer')),
    actor    TEXT NOT NULL,
    text     TEXT NOT NULL,
    told_utc INTEGER                                                -- passed on; NULL: not yet
) STRICT;
CREATE INDEX consult_line_matter ON consult_line (matter, id);
CREATE INDEX consult_line_waiting ON consult_line (id) WHERE told_utc IS NULL;

-- Plain answers that the secretary keeps.
CREATE TABLE faq (
    topic       TEXT PRIMARY KEY,
    words       TEXT NOT NULL DEFAULT '',                           -- other words for it, separated by blanks
    zh          TEXT NOT NULL,
    en          TEXT NOT NULL DEFAULT '',
    changed_by  TEXT NOT NULL,
    changed_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta SELECT 'faq', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
INSERT INTO meta SELECT 'erased', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
INSERT INTO meta SELECT 'points', CAST(coalesce(max(id), 0) AS TEXT) FROM event;
-- ---- scale
-- What is asked at every tick finds the few rows that wait, not the thousands that do not.
ALTER TABLE matter ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;          -- 1: "is it settled?" was asked since it last was
UPDATE matter SET asked = 1 WHERE state = 'resolved' AND EXISTS (SELECT 1 FROM journal j WHERE j.matter = matter.number AND j.entry = 'asked'
    AND j.id > (SELECT max(k.id) FROM journal k WHERE k.matter = matter.number AND k.entry = 'resolved'));
CREATE TRIGGER journal_asked AFTER INSERT ON journal WHEN NEW.entry IN ('asked', 'resolved')
    BEGIN UPDATE matter SET asked = NEW.entry = 'asked' WHERE number = NEW.matter; END;
DROP INDEX matter_resolved;
CREATE INDEX matter_unasked ON matter (resolved_utc) WHERE state = 'resolved' AND asked = 0;
-- Lists of what failed or is planned.
CREATE INDEX message_out_failed ON message_out (id) WHERE state IN ('failed', 'expired', 'cancelled');
CREATE INDEX meeting_live ON meeting (ends_utc) WHERE state IN ('planned', 'invited');
-- Who lives in a grid.
CREATE INDEX household_grid ON household (grid);
-- Phones that are not written to; the deadlines of what is open, with what a count of it looks at.
CREATE INDEX phone_special ON phone (number, unlinked_utc, muted, opted_out)
    WHERE opted_out <> 'no' OR muted <> 0 OR unlinked_utc IS NOT NULL;
CREATE INDEX phone_unlinked ON phone (number) WHERE unlinked_utc IS NOT NULL;
DROP INDEX matter_due;
CREATE INDEX matter_due ON matter (due_utc, origin) WHERE state IN ('received', 'verified', 'assigned', 'in_progress');
CREATE INDEX person_phone_order ON person_phone (person, position, number); -- which phone a person's texts go to, without sorting
