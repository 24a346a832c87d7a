-- Gives way to the reads of nodes that serve meanwhile; then it is tried again.
set local lock_timeout = '500ms';

-- Why a change waits, for the operator.
alter table registry.parked_announcements add column if not exists cause text not null default '';
-- Whether an operator wants it to be announced now.
alter table registry.parked_announcements add column if not exists wanted boolean not null default false;

-- The conditions of virtual servers as they were last told: with the news of them, and nothing else, it is written.
create table if not exists registry.told_conditions (
    virtual_server uuid not null,
    type text not null,
    other uuid not null, -- all zeros where there is none
    constraint pkey_told_conditions primary key (virtual_server, type, other)
);
create index if not exists told_conditions_by_other on registry.told_conditions (other);
-- Up to when the dates of certificate profiles were looked at: those that have passed, and those that are near.
create table if not exists registry.condition_dates (
    only_row boolean not null default true constraint pkey_condition_dates primary key check (only_row),
    passed timestamptz not null,
    near timestamptz not null
);
