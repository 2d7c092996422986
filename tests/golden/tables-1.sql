PRAGMA journal_mode = WAL;
CREATE TABLE records (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    report_key BLOB UNIQUE CHECK (length(report_key) = 32),
    key_id TEXT NOT NULL,
    nonce BLOB,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    body BLOB NOT NULL,
    tag BLOB NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (stream, sequence)
) STRICT;
CREATE TABLE originals (
    digest TEXT PRIMARY KEY NOT NULL,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE TABLE ledger (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    ledger_id BLOB NOT NULL CHECK (length(ledger_id) = 16)
) STRICT;
CREATE TRIGGER records_no_replace BEFORE INSERT ON records
WHEN EXISTS (SELECT 1 FROM records WHERE position = NEW.position OR report_key = NEW.report_key OR (stream = NEW.stream AND sequence = NEW.sequence))
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER originals_no_replace BEFORE INSERT ON originals
WHEN EXISTS (SELECT 1 FROM originals WHERE digest = NEW.digest)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE only_row = NEW.only_row)
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER records_no_update BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER records_no_delete BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER originals_no_update BEFORE UPDATE ON originals
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER originals_no_delete BEFORE DELETE ON originals
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END;
PRAGMA application_id = 1986357614;
PRAGMA user_version = 1;
