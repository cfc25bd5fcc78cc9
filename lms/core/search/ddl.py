"""The full-text index of each engine, as SQL: the table `search_fts`, kept by triggers on `search_entry`.

SQLite: an FTS5 table over the entry's columns. PostgreSQL: a table of one `tsvector` per entry, in
which the title weighs more. Both are derived: they can be dropped and created again at any time.
"""

# Tables that no model declares (FTS5 adds its own beside the first): not a drift of the schema.
IGNORED_TABLE_PREFIXES = ("search_fts",)

_FORGET = (
    "INSERT INTO search_fts(search_fts, rowid, title_tokens, tokens) "
    "VALUES ('delete', old.id, old.title_tokens, old.tokens);"
)
_LEARN = "INSERT INTO search_fts(rowid, title_tokens, tokens) VALUES (new.id, new.title_tokens, new.tokens);"
_REFRESH = (
    "CREATE FUNCTION search_entry_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO search_fts VALUES (NEW.id, "
    "setweight(to_tsvector('simple', NEW.title_tokens), 'A') || to_tsvector('simple', NEW.tokens)) "
    "ON CONFLICT (rowid) DO UPDATE SET document = EXCLUDED.document; RETURN NULL; END $$"
)
_FILL = (
    "INSERT INTO search_fts SELECT id, "
    "setweight(to_tsvector('simple', title_tokens), 'A') || to_tsvector('simple', tokens) FROM search_entry"
)


def create(dialect: str) -> list[str]:
    """SQL that creates the index and fills it from `search_entry`."""
    if dialect == "sqlite":
        return [
            "CREATE VIRTUAL TABLE search_fts USING fts5("
            "title_tokens, tokens, content='search_entry', content_rowid='id', tokenize='ascii')",
            f"CREATE TRIGGER search_entry_inserted AFTER INSERT ON search_entry BEGIN {_LEARN} END",
            f"CREATE TRIGGER search_entry_deleted AFTER DELETE ON search_entry BEGIN {_FORGET} END",
            "CREATE TRIGGER search_entry_updated AFTER UPDATE OF title_tokens, tokens ON search_entry "
            f"BEGIN {_FORGET} {_LEARN} END",
            "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
        ]
    return [
        "CREATE TABLE search_fts (rowid bigint PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, "
        "document tsvector NOT NULL)",
        "CREATE INDEX ix_search_fts_document ON search_fts USING gin (document)",
        _REFRESH,
        "CREATE TRIGGER search_entry_changed AFTER INSERT OR UPDATE OF title_tokens, tokens ON search_entry "
        "FOR EACH ROW EXECUTE FUNCTION search_entry_changed()",
        _FILL,
    ]


def drop(dialect: str) -> list[str]:
    """SQL that takes the index away again."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS search_entry_{verb}" for verb in ("inserted", "deleted", "updated")] + [
            "DROP TABLE IF EXISTS search_fts"
        ]
    return [
        "DROP TRIGGER IF EXISTS search_entry_changed ON search_entry",
        "DROP FUNCTION IF EXISTS search_entry_changed()",
        "DROP TABLE IF EXISTS search_fts",
    ]
