-- Keyword search reads whole postings lists: with the frequency in the index it never visits the table, whose rows lie in the order of documents.
alter table rag.terms drop constraint terms_pkey, add constraint terms_pkey primary key (term, document_id) include (frequency);

-- Lengths of the visible documents, without the documents.
create index documents_length on rag.documents (id) include (term_count) where term_count is not null;

-- Index-only reads need an up-to-date visibility map, and plans need to know which terms are frequent: both sooner than by default.
alter table rag.terms alter column term set statistics 1000;
alter table rag.terms set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table rag.documents set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.02);

-- The collections of the vector store: searches use the active one. A change of embedding model builds another beside it.
create table rag.vector_collections (
    name         text        primary key,
    model        text        not null,
    dimension    integer     not null,
    state        text        not null check (state in ('building', 'active', 'retired')),
    created_at   timestamptz not null default now(),
    changed_at   timestamptz not null default now()
);

create unique index vector_collections_active on rag.vector_collections (state) where state = 'active';
