-- What callers say about searches and answers.

create table rag.feedback (
    -- Made where the feedback was given: what waited on disk may arrive twice.
    id        uuid        primary key,
    search_id uuid,
    answer_id uuid,
    rating    smallint    check (rating between 1 and 5),
    -- Ranks of results, from 1.
    clicked   integer[]   not null,
    -- Ids of documents.
    relevant  text[]      not null,
    comment   text,
    -- Id of the caller's key.
    caller    text,
    given_at  timestamptz not null,
    check ((search_id is null) <> (answer_id is null))
);
create index feedback_by_time on rag.feedback (given_at);
create index feedback_by_search on rag.feedback (search_id) where search_id is not null;
create index feedback_by_answer on rag.feedback (answer_id) where answer_id is not null;
