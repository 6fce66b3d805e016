create schema if not exists rag;

create table rag.documents (
    id           text        primary key,
    title        text        not null,
    text         text        not null,
    source       text,
    source_type  text        not null default 'text',
    published_at timestamptz,
    metadata     jsonb       not null default '{}',
    content_hash text        not null,
    -- Counts the contents this id has had. Chunk ids are derived from (id, revision, ordinal), so two contents never share a vector.
    revision     bigint      not null default 1,
    status       text        not null default 'queued' check (status in ('queued', 'processing', 'ready', 'failed')),
    error        text,
    -- Number of terms of the content that readers see: the document length of BM25. Null until the document was ready once.
    term_count   integer,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

create index documents_status on rag.documents (status, id);
create index documents_source_type on rag.documents (source_type, id);

-- Only the content that readers see has rows here. A vector whose id is in no row is not (or no longer) visible.
create table rag.chunks (
    id           uuid    primary key,
    document_id  text    not null references rag.documents on delete cascade,
    ordinal      integer not null,
    heading      text    not null,
    text         text    not null,
    token_count  integer not null,
    start_offset integer not null,
    end_offset   integer not null,
    unique (document_id, ordinal)
);

create table rag.terms (
    term        text    not null,
    document_id text    not null references rag.documents on delete cascade,
    frequency   integer not null,
    primary key (term, document_id)
);

create index terms_document on rag.terms (document_id);
