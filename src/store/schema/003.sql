-- Version 3: the whole loop by text. One section for each part; tables that are only appended to have a trigger that says so.

-- ---- cases
-- ---- calls for help, duty, check-ins
-- ---- meetings
-- ---- polls
-- ---- offers: tasks, errands, patrols, jobs, activities
-- ---- points, consultations, plain answers
-- ---- scale
