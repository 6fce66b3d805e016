-- Revisions are never given twice, not even to a document that was deleted and came back: ids of chunks are derived from them.
create sequence rag.document_revisions;
alter table rag.documents alter column revision set default nextval('rag.document_revisions');

-- The revision that readers see; null until the document was ready once. While a newer one is under way, the row's content is still that of this one.
alter table rag.documents add column ready_revision bigint;

-- What was accepted and is not visible yet. It moves to rag.documents in the transaction that makes the document ready, so that readers never see
-- the title of one revision over the text of another.
create table rag.pending_contents (
    document_id  text        primary key references rag.documents on delete cascade,
    revision     bigint      not null,
    title        text        not null,
    text         text        not null,
    source       text,
    source_type  text        not null,
    published_at timestamptz,
    metadata     jsonb       not null
);

-- Written BEFORE vectors are, removed after they are: whatever crashes in between, it is known which vectors may be in the store.
-- Outlives the document, so it does not refer to it.
create table rag.vector_revisions (
    document_id text    not null,
    revision    bigint  not null,
    count       integer not null,
    primary key (document_id, revision)
);
