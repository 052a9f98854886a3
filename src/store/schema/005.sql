-- Version 5: the installer's kit. One section for each part.

-- ---- readings of cabinets

-- ---- alarms of sensors

-- ---- modems: what was probed, certificates

-- ---- staying up: health, backups, metrics
