-- Version 4: the secretary's desk. One section for each part.

-- ---- audiences and broadcasts

-- ---- people, consent, retention

-- ---- reports and the weekly page

-- ---- hooks

-- ---- scale
