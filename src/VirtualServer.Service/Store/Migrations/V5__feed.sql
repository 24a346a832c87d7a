-- Gives way to the reads of nodes that serve meanwhile; then it is tried again.
set local lock_timeout = '500ms';

-- Why a change waits, for the operator.
alter table registry.parked_announcements add column if not exists cause text not null default '';
