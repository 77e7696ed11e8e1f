-- Nobody asks for an entry by its id, and each index in another order than
-- that of insertion costs every change a page of its own.
DROP INDEX audit_id;
