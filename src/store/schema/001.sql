-- Version 1. Times are UTC seconds (…_utc); numbers of phones are E.164 or a service's digits; booleans are 0 / 1.
-- Enumerations are stored as the words of the JSON output, so that a helper with sqlite3 can read them.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- One sequence for cases, proposals and tasks of a box: what posters print and people text back.
CREATE TABLE sequence (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
INSERT INTO sequence VALUES ('matter', 1);

-- ------------------------------------------------------------------------------------------------ people
CREATE TABLE grid (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL DEFAULT '',
    parent  TEXT REFERENCES grid (code)
) STRICT;
CREATE INDEX grid_parent ON grid (parent);

CREATE TABLE household (
    id       INTEGER PRIMARY KEY,
    grid     TEXT REFERENCES grid (code),
    building TEXT NOT NULL DEFAULT '',
    unit     TEXT NOT NULL DEFAULT '',
    room     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX household_address ON household (coalesce(grid, ''), building, unit, room);
CREATE INDEX household_building ON household (building, grid);

CREATE TABLE person (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL DEFAULT '',
    household      INTEGER NOT NULL REFERENCES household (id),
    language       TEXT CHECK (language IN ('zh', 'en')),           -- NULL: the box's
    consent_source TEXT,                                            -- NULL: none given
    consent_utc    INTEGER,
    confirmed      INTEGER NOT NULL DEFAULT 1,                      -- 0: registered by text, the secretary has not looked
    created_utc    INTEGER NOT NULL,
    changed_utc    INTEGER NOT NULL,
    forgotten_utc  INTEGER
) STRICT;
CREATE INDEX person_household ON person (household);

-- A phone: known from the first text or call on, whether or not it belongs to a registered person.
CREATE TABLE phone (
    number            TEXT PRIMARY KEY,
    opted_out         TEXT NOT NULL DEFAULT 'no' CHECK (opted_out IN ('no', 'broadcasts', 'all')),
    opted_out_utc     INTEGER,
    opted_out_message INTEGER,                                      -- proof: the text that said so
    muted             INTEGER NOT NULL DEFAULT 0,                   -- by a secretary: kept out of sight, no answers
    loop_muted_utc    INTEGER,                                      -- by the loop guard: answers stop
    unlinked_utc      INTEGER,                                      -- "wrong number": nothing is sent there
    asked_register_utc INTEGER,
    budget_notice_utc INTEGER,                                      -- when the budget's one notice went out
    last_in_utc       INTEGER,
    language          TEXT                                          -- of the last text that told
) STRICT;

CREATE TABLE person_phone (                                         -- a person has several, a couple may share one
    person   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    number   TEXT NOT NULL REFERENCES phone (number),
    position INTEGER NOT NULL DEFAULT 0,                            -- 0 is where texts go
    PRIMARY KEY (person, number)
) STRICT;
CREATE INDEX person_phone_number ON person_phone (number);

CREATE TABLE person_role (
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role   TEXT NOT NULL CHECK (role IN ('resident', 'volunteer', 'building_head', 'grid_worker', 'department', 'expert',
                                         'duty_officer', 'mediator', 'installer', 'secretary')),
    PRIMARY KEY (person, role)
) STRICT;
CREATE INDEX person_role_role ON person_role (role);

-- ------------------------------------------------------------------------------------------------ texts in
-- What the modem handed over, before anything else is done with it. The row is committed before AT+CMGD.
CREATE TABLE pdu_in (
    id           INTEGER PRIMARY KEY,
    modem        TEXT NOT NULL,
    memory       TEXT NOT NULL DEFAULT '',
    slot         INTEGER NOT NULL DEFAULT -1,
    received_utc INTEGER NOT NULL,
    pdu          TEXT NOT NULL,                                     -- upper-case hex as the modem printed it
    hash         TEXT NOT NULL,                                     -- key under which a redelivery is recognised
    kind         TEXT NOT NULL CHECK (kind IN ('deliver', 'status-report', 'quarantine')),
    sender       TEXT NOT NULL DEFAULT '',                          -- canonical
    scts_utc     INTEGER,
    ref          INTEGER, ref_bits INTEGER, part INTEGER, parts INTEGER,  -- TS 23.040 9.2.3.24.1 / .8; NULL: one part
    message      INTEGER REFERENCES message_in (id),                -- NULL while its parts are collected
    reason       TEXT                                               -- why it is in quarantine
) STRICT;
CREATE INDEX pdu_in_hash ON pdu_in (hash, received_utc);
CREATE INDEX pdu_in_waiting ON pdu_in (sender, ref, parts) WHERE message IS NULL AND kind = 'deliver';
CREATE INDEX pdu_in_message ON pdu_in (message);
CREATE INDEX pdu_in_received ON pdu_in (received_utc);

-- A whole text. `state`: stored (durable, not yet acted on) → done. A crash in between is repaired by acting on it.
CREATE TABLE message_in (
    id           INTEGER PRIMARY KEY,
    number       TEXT NOT NULL,                                     -- canonical sender; '' when withheld
    kind         TEXT NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'data', 'call')),
    text         TEXT,                                              -- verbatim; NULL: private, kept elsewhere, or data
    data         TEXT,                                              -- hex, of binary and port-addressed messages
    class        INTEGER,
    port         INTEGER,
    parts        INTEGER NOT NULL DEFAULT 1,
    missing      INTEGER NOT NULL DEFAULT 0,                        -- parts that never came
    modem        TEXT NOT NULL,
    sent_utc     INTEGER,                                           -- the service centre's time stamp
    received_utc INTEGER NOT NULL,
    state        TEXT NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'done')),
    machine      INTEGER NOT NULL DEFAULT 0,
    private      INTEGER NOT NULL DEFAULT 0,
    intents      TEXT                                               -- JSON, what the rules read out of it
) STRICT;
CREATE INDEX message_in_state ON message_in (id) WHERE state = 'stored';
CREATE INDEX message_in_number ON message_in (number, received_utc);
CREATE INDEX message_in_received ON message_in (received_utc);

-- ------------------------------------------------------------------------------------------------ texts out
CREATE TABLE message_out (
    id            INTEGER PRIMARY KEY,
    number        TEXT NOT NULL,
    person        INTEGER REFERENCES person (id),
    text          TEXT NOT NULL,
    class         TEXT NOT NULL CHECK (class IN ('alarm', 'reply', 'reminder', 'broadcast')),
    priority      INTEGER NOT NULL,                                 -- 0 alarm … 3 broadcast; the order of sending
    state         TEXT NOT NULL DEFAULT 'queued'
                  CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'expired', 'uncertain', 'cancelled')),
    alphabet      TEXT NOT NULL CHECK (alphabet IN ('gsm7', 'ucs2')),
    segments      INTEGER NOT NULL,
    report        INTEGER NOT NULL DEFAULT 1,
    ref           INTEGER,                                          -- concatenation reference, fixed at the first part
    modem         TEXT,                                             -- the line that it must or did leave by
    created_utc   INTEGER NOT NULL,
    not_before_utc INTEGER NOT NULL DEFAULT 0,
    not_after_utc INTEGER,                                          -- later it is `expired`; TP-VP ends there too
    quiet         INTEGER NOT NULL DEFAULT 1,                       -- 1: waits for the end of the quiet hours
    next_try_utc  INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    sent_utc      INTEGER,
    done_utc      INTEGER,                                          -- delivered, failed, expired, cancelled
    reason        TEXT,                                             -- of the last failure, one sentence
    report_missing INTEGER NOT NULL DEFAULT 0,
    answers       INTEGER REFERENCES message_in (id),
    broadcast     INTEGER REFERENCES broadcast (id),
    meeting       INTEGER REFERENCES meeting (id),
    matter        INTEGER,                                          -- case number that it speaks of
    dedupe        TEXT UNIQUE,                                      -- names the one occasion; a second insert is no insert
    secret        TEXT,                                             -- a part of the text that no list shows
    private       INTEGER NOT NULL DEFAULT 0                        -- 1: `text` is a stand-in, the words lie in the private file
) STRICT;
CREATE INDEX message_out_ready ON message_out (priority, next_try_utc, id) WHERE state IN ('queued', 'sending', 'uncertain');
CREATE INDEX message_out_number ON message_out (number, created_utc);
CREATE INDEX message_out_created ON message_out (created_utc);
CREATE INDEX message_out_broadcast ON message_out (broadcast, state) WHERE broadcast IS NOT NULL;
CREATE INDEX message_out_answers ON message_out (answers) WHERE answers IS NOT NULL;

-- One row a part that was ever handed to a modem. `sending` is committed before the first byte of AT+CMGS.
CREATE TABLE part_out (
    message      INTEGER NOT NULL REFERENCES message_out (id) ON DELETE CASCADE,
    part         INTEGER NOT NULL,                                  -- 1 …
    state        TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'delivered', 'failed', 'uncertain')),
    attempts     INTEGER NOT NULL DEFAULT 1,
    modem        TEXT NOT NULL,
    mr           INTEGER,                                           -- TP-MR, once the modem told it
    started_utc  INTEGER NOT NULL,
    sent_utc     INTEGER,
    report_st    INTEGER,                                           -- TP-ST of the last report
    report_utc   INTEGER,
    PRIMARY KEY (message, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_out_mr ON part_out (modem, mr, sent_utc);
CREATE INDEX part_out_state ON part_out (state) WHERE state IN ('sending', 'uncertain');

-- Segments that left by each line: the quotas' memory.
CREATE TABLE airtime (
    modem    TEXT NOT NULL,
    hour_utc INTEGER NOT NULL,                                      -- start of the hour
    segments INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,                            -- of them replies and alarms
    PRIMARY KEY (modem, hour_utc)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ cases
CREATE TABLE matter (                                               -- cases and proposals, later tasks
    number       INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('case', 'proposal', 'task')),
    state        TEXT NOT NULL CHECK (state IN ('received', 'verified', 'assigned', 'in_progress', 'resolved', 'confirmed',
                                                'closed', 'merged', 'rejected')),
    category     TEXT NOT NULL,
    text         TEXT NOT NULL,                                     -- what was written, without the command
    grid         TEXT REFERENCES grid (code),
    building     TEXT NOT NULL DEFAULT '',
    unit         TEXT NOT NULL DEFAULT '',
    room         TEXT NOT NULL DEFAULT '',
    place        TEXT NOT NULL DEFAULT '',
    urgent       INTEGER NOT NULL DEFAULT 0,
    anonymous    INTEGER NOT NULL DEFAULT 0,
    private      INTEGER NOT NULL DEFAULT 0,                        -- only the mediator reads it
    origin       TEXT NOT NULL DEFAULT 'complaint',                 -- the intent that opened it, or 'quarantine'
    reporter     INTEGER REFERENCES person (id),
    number_from  TEXT NOT NULL DEFAULT '',                          -- the phone that it came from
    message      INTEGER REFERENCES message_in (id),
    assignee     INTEGER REFERENCES person (id),
    deliberate   INTEGER NOT NULL DEFAULT 0,                        -- goes to the agenda
    merged_into  INTEGER REFERENCES matter (number),
    opened_utc   INTEGER NOT NULL,
    changed_utc  INTEGER NOT NULL,
    due_utc      INTEGER,
    resolved_utc INTEGER,
    reopened     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX matter_open ON matter (grid, category, opened_utc) WHERE state IN ('received', 'verified', 'assigned', 'in_progress');
CREATE INDEX matter_from ON matter (number_from, opened_utc);
CREATE INDEX matter_reporter ON matter (reporter);
CREATE INDEX matter_due ON matter (due_utc) WHERE due_utc IS NOT NULL;
CREATE INDEX matter_resolved ON matter (resolved_utc) WHERE state = 'resolved';
CREATE INDEX matter_message ON matter (message);

CREATE TABLE supporter (
    matter    INTEGER NOT NULL REFERENCES matter (number),
    number    TEXT NOT NULL,                                        -- one phone, one support
    person    INTEGER REFERENCES person (id),
    message   INTEGER REFERENCES message_in (id),
    since_utc INTEGER NOT NULL,
    PRIMARY KEY (matter, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX supporter_number ON supporter (number);

-- Who did what to a case, when, by which channel. Only ever appended to.
CREATE TABLE journal (
    id        INTEGER PRIMARY KEY,
    matter    INTEGER REFERENCES matter (number),
    utc       INTEGER NOT NULL,
    actor     TEXT NOT NULL,                                        -- person:12, phone:+86…, shell:uid, daemon
    channel   TEXT NOT NULL CHECK (channel IN ('text', 'call', 'shell', 'timer')),
    entry     TEXT NOT NULL,                                        -- received, supported, resolved, undone …
    note      TEXT NOT NULL DEFAULT '',
    message   INTEGER REFERENCES message_in (id)
) STRICT;
CREATE INDEX journal_matter ON journal (matter, id);
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is only appended to'); END;

-- ------------------------------------------------------------------------------------------------ meetings
CREATE TABLE series (
    id          INTEGER PRIMARY KEY,
    grid        TEXT NOT NULL REFERENCES grid (code),
    title       TEXT NOT NULL DEFAULT '',
    rrule       TEXT NOT NULL,                                      -- RFC 5545
    start_local TEXT NOT NULL,                                      -- DTSTART, "2026-11-20T15:00:00" in the box's zone
    exdates     TEXT NOT NULL DEFAULT '',                           -- local dates, separated by blanks
    place       TEXT NOT NULL,
    minutes     INTEGER NOT NULL DEFAULT 60,
    created_utc INTEGER NOT NULL,
    ended_utc   INTEGER
) STRICT;

CREATE TABLE meeting (
    id          INTEGER PRIMARY KEY,
    series      INTEGER REFERENCES series (id),
    grid        TEXT NOT NULL REFERENCES grid (code),
    title       TEXT NOT NULL DEFAULT '',
    place       TEXT NOT NULL,
    starts_utc  INTEGER NOT NULL,
    ends_utc    INTEGER NOT NULL,
    state       TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'invited', 'held', 'cancelled')),
    code        TEXT NOT NULL,                                      -- attendance code, four digits
    invited_utc INTEGER, reminded_utc INTEGER, last_call_utc INTEGER, -- when each round was queued
    frozen_utc  INTEGER,                                            -- the agenda is fixed
    UNIQUE (series, starts_utc)
) STRICT;
CREATE INDEX meeting_starts ON meeting (starts_utc);

CREATE TABLE agenda_item (
    meeting  INTEGER NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    matter   INTEGER NOT NULL REFERENCES matter (number),
    position INTEGER,                                               -- NULL: by rank; else put there by the secretary
    dropped  TEXT,                                                  -- reason
    decision TEXT,
    PRIMARY KEY (meeting, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_item_decided ON agenda_item (matter) WHERE decision IS NOT NULL;

CREATE TABLE invitation (                                           -- who was asked, once each
    meeting  INTEGER NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    number   TEXT NOT NULL,
    person   INTEGER REFERENCES person (id),
    asked_utc INTEGER NOT NULL,
    PRIMARY KEY (meeting, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_number ON invitation (number, meeting);

CREATE TABLE rsvp (
    meeting     INTEGER NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    number      TEXT NOT NULL,
    person      INTEGER REFERENCES person (id),
    answer      TEXT NOT NULL CHECK (answer IN ('yes', 'no')),
    people      INTEGER NOT NULL DEFAULT 1,
    channel     TEXT NOT NULL CHECK (channel IN ('text', 'call', 'shell')),
    message     INTEGER REFERENCES message_in (id),
    changed_utc INTEGER NOT NULL,
    attended_utc INTEGER,
    PRIMARY KEY (meeting, number)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ conversation
-- The one question that a bare digit answers, and what was last quoted to this phone.
CREATE TABLE question (
    number      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('invitation', 'poll', 'rating', 'code', 'text', 'checkin', 'verify')),
    subject     INTEGER,                                            -- meeting, case, poll …
    detail      TEXT NOT NULL DEFAULT '',                           -- for 'text': the intent that waits for its text
    asked_utc   INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX question_expires ON question (expires_utc);
CREATE TABLE quoted (
    number TEXT NOT NULL, matter INTEGER NOT NULL, utc INTEGER NOT NULL,
    PRIMARY KEY (number, matter)
) STRICT, WITHOUT ROWID;

-- What a sender did last, with what is needed to take it back.
CREATE TABLE action (
    id         INTEGER PRIMARY KEY,
    number     TEXT NOT NULL,
    utc        INTEGER NOT NULL,
    message    INTEGER REFERENCES message_in (id),
    kind       TEXT NOT NULL,                                       -- attend, complaint, support, stop …
    subject    INTEGER,
    before     TEXT NOT NULL DEFAULT '{}',                          -- JSON: the state that undo restores
    undone_utc INTEGER
) STRICT;
CREATE INDEX action_number ON action (number, id);

-- People to ring back, missed calls, wrong numbers, opt-outs: the secretary's list of small things to look at.
CREATE TABLE chore (
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,                                         -- callback, register, erase, wrong_number, loop …
    number   TEXT NOT NULL DEFAULT '',
    person   INTEGER REFERENCES person (id),
    message  INTEGER REFERENCES message_in (id),
    note     TEXT NOT NULL DEFAULT '',
    utc      INTEGER NOT NULL,
    done_utc INTEGER
) STRICT;
CREATE INDEX chore_open ON chore (kind) WHERE done_utc IS NULL;

-- ------------------------------------------------------------------------------------------------ broadcasts
CREATE TABLE broadcast (
    id            INTEGER PRIMARY KEY,
    audience      TEXT NOT NULL,
    text          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'paused', 'done', 'cancelled')), -- waiting: for approval
    segments      INTEGER NOT NULL,                                 -- for one recipient
    recipients    INTEGER NOT NULL,
    at_utc        INTEGER NOT NULL,
    not_after_utc INTEGER,
    override_quiet INTEGER NOT NULL DEFAULT 0,
    created_by    TEXT NOT NULL,
    created_utc   INTEGER NOT NULL,
    asked_utc     INTEGER,                                          -- when codes for its approval were texted; NULL: not yet
    done_utc      INTEGER
) STRICT;
CREATE INDEX broadcast_waiting ON broadcast (id) WHERE state = 'waiting';

-- The code that was texted to a secretary's phone for a large broadcast; a fresh one takes its place.
CREATE TABLE approval (
    broadcast   INTEGER NOT NULL REFERENCES broadcast (id) ON DELETE CASCADE,
    number      TEXT NOT NULL,
    code        TEXT NOT NULL,                                      -- six digits
    message     INTEGER REFERENCES message_out (id) ON DELETE SET NULL, -- the text that told it
    asked_utc   INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL,
    wrong       INTEGER NOT NULL DEFAULT 0,                         -- wrong codes from this phone since
    PRIMARY KEY (broadcast, number),
    UNIQUE (number, code)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ events
CREATE TABLE event (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,                        -- only grows
    utc   INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    actor TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT;

-- ------------------------------------------------------------------------------------------------ lines
CREATE TABLE line (                                                 -- what is known of each configured modem
    name         TEXT PRIMARY KEY,
    imei         TEXT NOT NULL DEFAULT '', iccid TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
    operator     TEXT NOT NULL DEFAULT '', technology TEXT NOT NULL DEFAULT '',
    signal_dbm   INTEGER,
    storage_used INTEGER, storage_size INTEGER,
    state        TEXT NOT NULL DEFAULT 'unknown',
    sent         INTEGER NOT NULL DEFAULT 0, received INTEGER NOT NULL DEFAULT 0, -- segments, ever
    pin_tried    TEXT,                                              -- ICCID and hash of the PIN, written before it is tried
    seen_utc     INTEGER,
    changed_utc  INTEGER NOT NULL DEFAULT 0
) STRICT;
