-- Version 2: the modem layer in the field.

-- ---- reports: matched by SIM, reference, number and time
ALTER TABLE message_out ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;  -- this is the one repetition of an uncertain text
-- report_missing from now on: 1 no report came by the end of the validity, 2 none was asked for
UPDATE message_out SET repeated = report_missing, report_missing = 0;
CREATE INDEX message_out_unreported ON message_out (sent_utc) WHERE state = 'sent' AND report_missing = 0 AND report = 1;
ALTER TABLE part_out ADD COLUMN line TEXT NOT NULL DEFAULT '';           -- the SIM that it left by: ICCID, else the modem's name
ALTER TABLE part_out ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;        -- a report was asked for
UPDATE part_out SET line = modem, asked = (SELECT report FROM message_out WHERE id = message);
DROP INDEX part_out_mr;
CREATE INDEX part_out_mr ON part_out (mr, line, started_utc);
-- Reports that fit no text of ours; the newest stay (report.h).
CREATE TABLE report_unmatched (
    pdu          INTEGER PRIMARY KEY REFERENCES pdu_in (id) ON DELETE CASCADE,
    line         TEXT NOT NULL,
    number       TEXT NOT NULL,
    mr           INTEGER NOT NULL,
    st           INTEGER NOT NULL,
    scts_utc     INTEGER,                                           -- when the service centre says that it got the text
    received_utc INTEGER NOT NULL
) STRICT;

-- ---- storage
ALTER TABLE pdu_in ADD COLUMN line TEXT NOT NULL DEFAULT '';             -- the SIM that was in the modem when it was read
CREATE INDEX pdu_in_quarantine ON pdu_in (received_utc) WHERE kind = 'quarantine';
CREATE TABLE bad_slot (                                             -- read badly so far (daemon/trouble.h)
    line   TEXT NOT NULL, memory TEXT NOT NULL, slot INTEGER NOT NULL,
    rounds INTEGER NOT NULL, same INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (line, memory, slot)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ alarms of lines
-- A row stays when its alarm is over: who was told when must survive a restart. At most one for each line and kind.
CREATE TABLE line_alarm (
    line      TEXT NOT NULL,                                        -- name of the modem
    kind      TEXT NOT NULL,                                        -- key of daemon/alarm.h
    severity  TEXT NOT NULL CHECK (severity IN ('notice', 'warning', 'urgent')),
    detail    TEXT NOT NULL DEFAULT '',
    since_utc INTEGER NOT NULL,                                     -- the condition began
    on_utc    INTEGER NOT NULL,                                     -- it had lasted long enough
    over_utc  INTEGER,                                              -- NULL: it lasts
    told_utc  INTEGER,                                              -- the last text about it
    times     INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (line, kind)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------ which text leaves by which line
-- A text is begun by whatever line asks first. `prefer`: the modem that it would best leave by, left to it for a while.
-- `bound`: the SIM by which parts of it have left; from another number the rest would not be joined. `modem` only tells.
ALTER TABLE message_out ADD COLUMN prefer TEXT;
ALTER TABLE message_out ADD COLUMN bound TEXT;
UPDATE message_out SET bound = coalesce((SELECT nullif(iccid, '') FROM line WHERE name = modem), modem)
    WHERE segments > 1 AND state IN ('queued', 'sending', 'uncertain') AND modem IS NOT NULL
    AND EXISTS (SELECT 1 FROM part_out WHERE message = message_out.id AND state <> 'failed');
UPDATE message_out SET prefer = CASE class WHEN 'reply' THEN modem END, modem = NULL
    WHERE state = 'queued' AND modem IS NOT NULL AND bound IS NULL;
DROP INDEX message_out_ready;
-- choose.c asks these, with the very words of their WHERE; 9223372036854775807: not again
CREATE INDEX message_out_lane ON message_out (priority, broadcast, prefer, quiet, next_try_utc)
    WHERE state IN ('queued', 'uncertain') AND bound IS NULL AND next_try_utc <> 9223372036854775807;
CREATE INDEX message_out_bound ON message_out (bound, priority, next_try_utc)
    WHERE state IN ('queued', 'uncertain') AND bound IS NOT NULL;
CREATE INDEX message_out_state ON message_out (state, next_try_utc) WHERE state IN ('queued', 'sending', 'uncertain');
CREATE INDEX message_out_expiring ON message_out (not_after_utc) WHERE state = 'queued' AND not_after_utc IS NOT NULL;

-- ------------------------------------------------------------------------------------------------ lines and their modems
CREATE TABLE line_port (
    name        TEXT PRIMARY KEY,                                   -- of the modem in the configuration
    device      TEXT NOT NULL,                                      -- what the configuration said when this was learned
    imei        TEXT NOT NULL,                                      -- the modem that was found
    learned_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ resets of a day
CREATE INDEX event_reset ON event (utc) WHERE kind = 'modem.reset';

-- ------------------------------------------------------------------------------------------------ quotas
-- By SIM, minute and class, for windows that slide. What was counted by the clock's hour is put at the end of that hour.
ALTER TABLE airtime RENAME TO airtime_of_hours;
CREATE TABLE airtime (
    line     TEXT NOT NULL,                                         -- ICCID, or the modem's name where there is none
    minute   INTEGER NOT NULL,                                      -- since 1970, UTC
    class    INTEGER NOT NULL,                                      -- as message_out.priority
    segments INTEGER NOT NULL,
    PRIMARY KEY (line, minute, class)
) STRICT, WITHOUT ROWID;
INSERT INTO airtime SELECT coalesce((SELECT nullif(iccid, '') FROM line WHERE name = modem), modem), hour_utc / 60 + 59, 1, sum(reserved)
    FROM airtime_of_hours GROUP BY 1, 2 HAVING sum(reserved) > 0;
INSERT INTO airtime SELECT coalesce((SELECT nullif(iccid, '') FROM line WHERE name = modem), modem), hour_utc / 60 + 59, 3,
    sum(segments - reserved) FROM airtime_of_hours GROUP BY 1, 2 HAVING sum(segments - reserved) > 0;
DROP TABLE airtime_of_hours;

-- ------------------------------------------------------------------------------------------------ the operator's side of a line
ALTER TABLE line ADD COLUMN smsc TEXT NOT NULL DEFAULT '';               -- the service centre that the SIM names
ALTER TABLE line ADD COLUMN registration TEXT NOT NULL DEFAULT '';       -- home, roaming, searching, denied, none
ALTER TABLE line ADD COLUMN registration_utc INTEGER;                    -- since when it is so
ALTER TABLE line ADD COLUMN cause TEXT NOT NULL DEFAULT '';              -- why it is not registered, as the modem tells it
ALTER TABLE line ADD COLUMN network_ahead INTEGER;                       -- seconds by which the network's clock was ahead of ours …
ALTER TABLE line ADD COLUMN network_utc INTEGER;                         -- … at this time of ours
-- What changed, for each line the newest only (line_history.h): flash is written when something changed, and not often.
CREATE TABLE line_history (
    id    INTEGER PRIMARY KEY,
    line  TEXT NOT NULL,                                            -- name of the modem
    iccid TEXT NOT NULL DEFAULT '',
    utc   INTEGER NOT NULL,
    what  TEXT NOT NULL CHECK (what IN ('registration', 'operator', 'technology', 'cell', 'signal')),
    value TEXT NOT NULL
) STRICT;
CREATE INDEX line_history_line ON line_history (line, what, id);
-- What the operator told of a SIM's credit; the newest for each line only.
CREATE TABLE balance (
    id          INTEGER PRIMARY KEY,
    line        TEXT NOT NULL,
    iccid       TEXT NOT NULL DEFAULT '',
    utc         INTEGER NOT NULL,
    cents       INTEGER,                                            -- NULL: no amount was told
    news        TEXT NOT NULL DEFAULT '' CHECK (news IN ('', 'low', 'out', 'paid')),
    expires_utc INTEGER,                                            -- end of the SIM's validity
    source      TEXT NOT NULL CHECK (source IN ('text', 'ussd')),
    message     INTEGER UNIQUE REFERENCES message_in (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX balance_line ON balance (line, id);

-- ------------------------------------------------------------------------------------------------ PINs that were given
CREATE TABLE sim_pin (
    sim       TEXT NOT NULL,                                        -- ICCID, or the modem's name where the SIM does not tell it
    mark      TEXT NOT NULL,                                        -- a hash of the PIN
    tried_utc INTEGER NOT NULL,                                     -- committed before it was given
    PRIMARY KEY (sim, mark)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO sim_pin (sim, mark, tried_utc)
    SELECT iif(pin_tried LIKE '?:%', name, substr(pin_tried, 1, instr(pin_tried, ':') - 1)),
           substr(pin_tried, instr(pin_tried, ':') + 1), seen_utc
    FROM line WHERE pin_tried LIKE '%_:_%';
ALTER TABLE line DROP COLUMN pin_tried;

-- ------------------------------------------------------------------------------------------------ texts of a line to itself
CREATE TABLE self_text (
    line       TEXT PRIMARY KEY,                                    -- name of the modem
    code       TEXT NOT NULL,
    message    INTEGER NOT NULL,
    queued_utc INTEGER NOT NULL,
    back_utc   INTEGER,                                             -- it came back
    missed     INTEGER NOT NULL DEFAULT 0                           -- so many in a row did not
) STRICT;
