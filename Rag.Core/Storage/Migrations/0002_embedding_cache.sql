-- Vectors already made, by SHA-256 of model and text. Unlogged: a crash of the server may empty it, which costs work and loses nothing.
create unlogged table rag.embedding_cache (
    key     bytea       primary key,
    -- float32, little-endian
    vector  bytea       not null,
    -- To the day: what was used longest ago is pruned first.
    used_at timestamptz not null default now()
)
-- A vector of 512 or 1,536 numbers stays in its row.
with (toast_tuple_target = 8160);

alter table rag.embedding_cache alter column vector set storage external;
create index embedding_cache_used_at on rag.embedding_cache (used_at);
